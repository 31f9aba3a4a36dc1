import { t } from '@/i18n';
import { LinkTabs } from '@/kit/LinkTabs';

/** Messages that come and go, those who send them and those who are sent them. */
export function Hl7Tabs() {
  return (
    <LinkTabs
      label={t('hl7v2.title')}
      tabs={[
        { to: '/hl7v2', label: t('hl7v2.messages') },
        { to: '/hl7v2/outbound', label: t('hl7v2.outbound.title') },
        { to: '/hl7v2/senders', label: t('hl7v2.senders') },
        { to: '/hl7v2/receivers', label: t('hl7v2.receivers') },
      ]}
    />
  );
}

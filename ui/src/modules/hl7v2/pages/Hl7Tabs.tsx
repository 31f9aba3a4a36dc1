import { t } from '@/i18n';
import { LinkTabs } from '@/kit/LinkTabs';

/** Messages and those who send them. */
export function Hl7Tabs() {
  return (
    <LinkTabs
      label={t('hl7v2.title')}
      tabs={[
        { to: '/hl7v2', label: t('hl7v2.messages') },
        { to: '/hl7v2/senders', label: t('hl7v2.senders') },
      ]}
    />
  );
}

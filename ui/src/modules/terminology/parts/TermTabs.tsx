import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { LinkTabs } from '@/kit/LinkTabs';

/** Catalogues, the maps between them, and how much they cover. */
export function TermTabs() {
  const can = useCan();
  return (
    <LinkTabs
      label={t('terminology.title')}
      tabs={[
        { to: '/terminology', label: t('terminology.catalogues') },
        {
          to: '/terminology/maps',
          label: t('terminology.maps'),
          hidden: !can('terminology.map'),
        },
        {
          to: '/terminology/coverage',
          label: t('terminology.coverage'),
          hidden: !can('terminology.coverage'),
        },
      ]}
    />
  );
}

import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { LinkTabs } from '@/kit/LinkTabs';
import { HoldHost } from './HoldButton';

/** The boards beside each other, and the dialog of a hold that any of them asks for. */
export function ResourceTabs() {
  const can = useCan();
  return (
    <>
      <LinkTabs
        label={t('resources.title')}
        tabs={[
          { to: '/resources/beds', label: t('resources.beds.title') },
          { to: '/resources/slots', label: t('resources.slots.title') },
          { to: '/resources/equipment', label: t('resources.equipment.title') },
          { to: '/resources/members', label: t('resources.members.title') },
          { to: '/resources', label: t('resources.search.title') },
          {
            to: '/resources/waitlist',
            label: t('resources.waitlist.title'),
            hidden: !can('resources.hold'),
          },
          {
            to: '/resources/holds',
            label: t('resources.holds.title'),
            hidden: !can('resources.hold'),
          },
        ]}
      />
      <HoldHost />
    </>
  );
}

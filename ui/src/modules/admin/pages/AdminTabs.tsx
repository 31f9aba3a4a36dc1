import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { LinkTabs } from '@/kit/LinkTabs';

/** Who may do what: accounts and the matrix. */
export function AccessTabs() {
  const can = useCan();
  return (
    <LinkTabs
      label={t('admin.tabs.access')}
      tabs={[
        {
          to: '/admin/accounts',
          label: t('admin.accounts.title'),
          hidden: !can('account.read'),
        },
        { to: '/admin/roles', label: t('admin.roles.title'), hidden: !can('role.read') },
      ]}
    />
  );
}

/** The chain: searching it and proving it. */
export function AuditTabs() {
  const can = useCan();
  return (
    <LinkTabs
      label={t('admin.tabs.audit')}
      tabs={[
        { to: '/admin/audit', label: t('admin.audit.search'), hidden: !can('audit.read') },
        { to: '/admin/audit/chain', label: t('admin.chain.title'), hidden: !can('audit.verify') },
      ]}
    />
  );
}

/** Is everything running? */
export function SystemTabs() {
  const can = useCan();
  return (
    <LinkTabs
      label={t('admin.tabs.system')}
      tabs={[
        { to: '/admin/system', label: t('admin.system.title'), hidden: !can('system.read') },
        { to: '/admin/jobs', label: t('admin.jobs.title'), hidden: !can('job.read') },
        { to: '/admin/api', label: t('admin.api.title') },
      ]}
    />
  );
}

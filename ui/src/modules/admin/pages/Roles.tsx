import { Button, Input, Select } from 'antd';
import { useState } from 'react';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { usePhone } from '@/kit/media';
import { Page } from '@/kit/Page';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { list, text, useUrlFilters } from '@/kit/urlFilters';
import { permissionTitle, useMatrix, useRoleName } from '../queries';
import type { PermissionView, RoleDefinition, RoleMatrixView } from '../types';
import { AccessTabs } from './AdminTabs';
import { MatrixTable } from './MatrixTable';
import { SaveMatrix } from './SaveMatrix';

const FILTERS = { q: text(), role: list() };
const PHONE_ROLES = 1;

/** Who may do what, and how far it reaches. */
export default function Roles() {
  const matrix = useMatrix();
  if (matrix.isPending) return <PageSkeleton />;
  if (matrix.isError) {
    return <ErrorState page error={matrix.error} onRetry={() => void matrix.refetch()} />;
  }
  return <Matrix key={matrix.data.newest} view={matrix.data} />;
}

function Matrix({ view }: { view: RoleMatrixView }) {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const [draft, setDraft] = useState<RoleDefinition[] | null>(null);
  const can = useCan();
  const phone = usePhone();
  const nameOf = useRoleName();
  const roles = draft ?? view.matrix.roles;
  const chosen = roles.filter((role) => filters.role.includes(role.code));
  const columns = chosen.length > 0 ? chosen : phone ? roles.slice(0, PHONE_ROLES) : roles;
  const permissions = view.permissions.filter((one) => matches(one, filters.q));
  return (
    <Page
      wide
      title={t('admin.roles.title')}
      meta={<span className="lt-muted">{t('admin.roles.version', { n: view.in_force ?? 0 })}</span>}
      actions={
        can('role.manage') &&
        (draft ? (
          <>
            <Button onClick={() => setDraft(null)}>{t('kit.action.cancel')}</Button>
            <SaveMatrix view={view} draft={draft} onSaved={() => setDraft(null)} />
          </>
        ) : (
          <Button type="primary" onClick={() => setDraft(view.matrix.roles)}>
            {t('admin.roles.edit')}
          </Button>
        ))
      }
      tools={
        <>
          <AccessTabs />
          <div className="lt-filter-fields">
            <Input.Search
              className="lt-filter-search"
              allowClear
              placeholder={t('admin.roles.q')}
              aria-label={t('admin.roles.q')}
              defaultValue={filters.q}
              onSearch={(q) => setFilters({ q: q || undefined })}
            />
            <Select
              mode="multiple"
              className="admin-roles-pick"
              allowClear
              maxTagCount={2}
              placeholder={t('admin.roles.pick')}
              aria-label={t('admin.roles.pick')}
              options={roles.map((role) => ({ value: role.code, label: nameOf(role.code) }))}
              value={filters.role}
              onChange={(role) => setFilters({ role })}
              showSearch={{ optionFilterProp: 'label' }}
            />
          </div>
        </>
      }
    >
      <MatrixTable permissions={permissions} roles={columns} draft={draft} onChange={setDraft} />
    </Page>
  );
}

function matches(permission: PermissionView, q: string | undefined): boolean {
  if (!q) return true;
  const words = `${permission.code} ${permissionTitle(permission)}`.toLowerCase();
  return words.includes(q.toLowerCase());
}

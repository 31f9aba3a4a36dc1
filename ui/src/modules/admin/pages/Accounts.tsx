import { PlusOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { call, type Page as Rows } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { type Column, DataTable } from '@/kit/DataTable';
import { FilterBar } from '@/kit/FilterBar';
import { OrgSelect } from '@/kit/OrgSelect';
import { Page } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { StatusTag } from '@/kit/StatusTag';
import { choice, countFilters, text, useUrlFilters } from '@/kit/urlFilters';
import { usePages } from '@/kit/usePages';
import { useMatrix, useRoleName } from '../queries';
import type { AccountView } from '../types';
import { AccessTabs } from './AdminTabs';
import '../admin.css';

const FILTERS = {
  q: text(),
  state: choice(['active', 'disabled'] as const),
  role: text(),
  org_id: text(),
};

/** People and systems that sign in. */
export default function Accounts() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const can = useCan();
  const go = useGo();
  const matrix = useMatrix();
  const nameOf = useRoleName();
  const orgName = useOrgName();
  const pages = usePages<AccountView>(
    ['account', 'list', filters],
    (after, signal) =>
      call<Rows<AccountView>>('GET', '/api/accounts', { query: { ...filters, after }, signal }),
    { follows: ['assignment'] },
  );
  const columns: Column<AccountView>[] = [
    {
      key: 'name',
      title: t('admin.accounts.name'),
      width: 140,
      always: true,
      render: (row) => row.account.name,
    },
    {
      key: 'username',
      title: t('admin.accounts.username'),
      width: 150,
      render: (row) => row.account.username,
    },
    {
      key: 'state',
      title: t('admin.accounts.state'),
      width: 120,
      render: (row) => <AccountState row={row} />,
    },
    {
      key: 'roles',
      title: t('admin.accounts.roles'),
      width: 320,
      render: (row) => roleText(row, nameOf, orgName),
    },
    {
      key: 'totp',
      title: t('admin.accounts.totp'),
      width: 100,
      render: (row) => t(row.totp_enabled ? 'kit.yes' : 'kit.no'),
    },
    {
      key: 'sessions',
      title: t('admin.accounts.sessions'),
      width: 90,
      align: 'right',
      render: (row) => row.sessions,
    },
  ];
  const roles = matrix.data?.matrix.roles.map((role) => ({
    value: role.code,
    label: nameOf(role.code),
  }));
  return (
    <Page
      wide
      title={t('admin.accounts.title')}
      actions={
        can('account.manage') && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => go('/admin/accounts/new')}>
            {t('admin.accounts.new')}
          </Button>
        )
      }
      tools={
        <>
          <AccessTabs />
          <FilterBar
            spec={FILTERS}
            values={filters}
            onChange={setFilters}
            fields={[
              { kind: 'search', name: 'q', label: t('admin.accounts.q') },
              {
                kind: 'choice',
                name: 'state',
                label: t('admin.accounts.state'),
                options: ['active', 'disabled'].map((value) => ({
                  value,
                  label: t(`admin.account-state.${value}`),
                })),
              },
              {
                kind: 'choice',
                name: 'role',
                label: t('admin.accounts.role'),
                options: roles ?? [],
              },
              {
                kind: 'other',
                name: 'org_id',
                label: t('admin.accounts.org'),
                shown: filters.org_id && orgName(filters.org_id),
                control: (
                  <OrgSelect
                    className="admin-org"
                    aria-label={t('admin.accounts.org')}
                    placeholder={t('admin.accounts.org')}
                    allowClear
                    value={filters.org_id}
                    onChange={(org_id) => setFilters({ org_id })}
                  />
                ),
              },
            ]}
          />
        </>
      }
    >
      <DataTable
        id="admin.accounts"
        label={t('admin.accounts.title')}
        columns={columns}
        pages={pages}
        rowKey={(row) => row.account.id}
        onOpen={(row) => go(`/admin/accounts/${row.account.id}`)}
        filtered={countFilters(FILTERS, filters) > 0}
        onClearFilters={() =>
          setFilters({ q: undefined, state: undefined, role: undefined, org_id: undefined })
        }
        phoneRow={(row) => (
          <>
            <span className="lt-row">
              <strong>{row.account.name}</strong>
              <AccountState row={row} />
            </span>
            <span className="lt-muted">{roleText(row, nameOf, orgName)}</span>
          </>
        )}
      />
    </Page>
  );
}

function roleText(
  row: AccountView,
  roleName: (code: string) => string,
  orgName: (id: string) => string,
): string {
  const held = row.assignments.filter((one) => one.in_force);
  if (held.length === 0) return t('admin.accounts.no-role');
  return held
    .map(({ assignment }) => `${roleName(assignment.role)} · ${orgName(assignment.org_id)}`)
    .join(t('admin.comma'));
}

/** Whether the account can sign in now, and why not. */
export function AccountState({ row }: { row: AccountView }) {
  if (row.account.state === 'disabled') {
    return <StatusTag tone="neutral" label={t('admin.account-state.disabled')} />;
  }
  if (row.locked_until && Date.parse(row.locked_until) > Date.now()) {
    return <StatusTag tone="overdue" label={t('admin.accounts.locked')} />;
  }
  if (row.account.system) return <StatusTag tone="active" label={t('admin.accounts.system')} />;
  return <StatusTag tone="done" label={t('admin.account-state.active')} />;
}

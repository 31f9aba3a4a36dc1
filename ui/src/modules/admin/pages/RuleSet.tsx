import { useQuery } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import { call } from '@/api/client';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { Facts, Page, Section } from '@/kit/Page';
import { useGo, useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { ruleTitle } from '../queries';
import { sideBySide } from '../ruleDiff';
import { dayText, personText, sourceText } from '../ruleWords';
import type { RuleSetView, RuleVersion } from '../types';
import { RuleBody } from './RuleBody';

const FILTERS = { from: text(), to: text() };
const ROLES = 'access.roles';

export function useRuleSet(code: string) {
  return useQuery({
    queryKey: ['rule-set', code, 'versions'],
    queryFn: ({ signal }) => call<RuleSetView>('GET', `/api/rule-sets/${code}`, { signal }),
  });
}

/** One rule set: what holds today, where it comes from, what each version changed. */
export default function RuleSet() {
  const code = useRouteParam('code');
  const set = useRuleSet(code);
  if (set.isPending) return <PageSkeleton />;
  if (set.isError) {
    return <ErrorState page error={set.error} onRetry={() => void set.refetch()} />;
  }
  return <Versions set={set.data} />;
}

function Versions({ set }: { set: RuleSetView }) {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const can = useCan();
  const go = useGo();
  const newest = set.versions[0];
  const current = set.versions.find((one) => one.version === set.in_force) ?? newest;
  const chosen = (value: string | undefined) =>
    set.versions.find((one) => String(one.version) === value);
  const to = chosen(filters.to) ?? current;
  const from = chosen(filters.from);
  const mayChange = can(set.security ? 'role.manage' : 'rule.manage');
  if (!newest || !current || !to) return null;
  const options = set.versions.map((one) => ({
    value: String(one.version),
    label: t('admin.rules.version-from', { n: one.version, day: dayText(one.effective_from) }),
  }));
  return (
    <Page
      wide
      title={ruleTitle(newest)}
      back="/admin/rules"
      meta={<code>{set.code}</code>}
      actions={
        mayChange && (
          <Button
            type="primary"
            onClick={() => go(set.code === ROLES ? '/admin/roles' : `/admin/rules/${set.code}/new`)}
          >
            {t(set.code === ROLES ? 'admin.roles.edit' : 'admin.rules.add')}
          </Button>
        )
      }
    >
      <Section
        title={t('admin.rules.shown', { n: to.version })}
        extra={
          <div className="lt-row">
            <label className="lt-row">
              {t('admin.rules.show')}
              <Select
                size="small"
                className="admin-version"
                aria-label={t('admin.rules.show')}
                options={options}
                value={String(to.version)}
                onChange={(value) => setFilters({ to: value })}
              />
            </label>
            <label className="lt-row">
              {t('admin.rules.against')}
              <Select
                size="small"
                className="admin-version"
                aria-label={t('admin.rules.against')}
                allowClear
                placeholder={t('kit.none')}
                options={options.filter((one) => one.value !== String(to.version))}
                value={from && String(from.version)}
                onChange={(value) => setFilters({ from: value })}
              />
            </label>
          </div>
        }
      >
        <Facts
          items={[
            { label: t('admin.rules.effective'), value: dayText(to.effective_from) },
            { label: t('admin.rules.source'), value: sourceText(to.source) },
            { label: t('admin.rules.by'), value: personText(to.created_by) },
            { label: t('admin.rules.entered'), value: <DateTime at={to.created_at} /> },
          ]}
        />
        {from ? <SideBySide from={from} to={to} /> : <RuleBody body={to.body} />}
      </Section>
      <Section title={t('admin.rules.versions')}>
        <DataTable<RuleVersion>
          id="admin.rule-versions"
          label={t('admin.rules.versions')}
          rows={set.versions}
          rowKey={(row) => String(row.version)}
          onOpen={(row) => setFilters({ to: String(row.version) })}
          quiet
          plain
          columns={[
            {
              key: 'version',
              title: t('admin.rules.version'),
              width: 80,
              render: (row) => row.version,
            },
            {
              key: 'state',
              title: t('admin.accounts.state'),
              width: 120,
              render: (row) => <VersionState row={row} inForce={set.in_force} />,
            },
            {
              key: 'effective',
              title: t('admin.rules.effective'),
              width: 120,
              render: (row) => dayText(row.effective_from),
            },
            {
              key: 'source',
              title: t('admin.rules.source'),
              width: 320,
              render: (row) => sourceText(row.source),
            },
            {
              key: 'by',
              title: t('admin.rules.by'),
              width: 140,
              render: (row) => personText(row.created_by),
            },
          ]}
        />
      </Section>
    </Page>
  );
}

function VersionState({ row, inForce }: { row: RuleVersion; inForce?: number | null }) {
  if (row.version === inForce) return <StatusTag tone="done" label={t('admin.rules.in-force')} />;
  const ahead = Date.parse(row.effective_from) > Date.now();
  return (
    <StatusTag
      tone={ahead ? 'waiting' : 'neutral'}
      label={t(ahead ? 'admin.rules.ahead' : 'admin.rules.past')}
    />
  );
}

/** Two versions as text, line beside line. */
function SideBySide({ from, to }: { from: RuleVersion; to: RuleVersion }) {
  const lines = sideBySide(from.body, to.body);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
    <div className="admin-diff" role="region" aria-label={t('admin.rules.diff')} tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('admin.rules.version-n', { n: from.version })}</th>
            <th scope="col">{t('admin.rules.version-n', { n: to.version })}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line, index) => (
            <tr key={index} data-changed={line.changed}>
              <td>
                {line.changed && line.before !== undefined ? <del>{line.before}</del> : line.before}
              </td>
              <td>
                {line.changed && line.after !== undefined ? <ins>{line.after}</ins> : line.after}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

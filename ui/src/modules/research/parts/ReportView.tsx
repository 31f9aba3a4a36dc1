import { Alert } from 'antd';
import { t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { Facts } from '@/kit/Page';
import type { Column, GroupSizes, Report } from '../types';
import { columnText } from '../words';

const SIZES = ['alone', 'below_k', 'below_2k', 'below_10k', 'more'] as const;

/** What an extract has and what it has not: groups, columns, and who stays out. */
export function ReportView({ report, k }: { report: Report; k: number }) {
  const left = (name: 'denied' | 'not_permitted' | 'legal_hold' | 'nothing' | 'suppressed') =>
    report[name] > 0
      ? [{ label: t(`research.report.${name.replace('_', '-')}`), value: report[name] }]
      : [];
  const more = (
    name:
      | 'sensitive_entries'
      | 'shared_entries'
      | 'empty_entries'
      | 'codes_widened'
      | 'codes_dropped'
      | 'organizations_grouped',
  ) =>
    report[name] > 0
      ? [{ label: t(`research.report.${name.replaceAll('_', '-')}`), value: report[name] }]
      : [];
  return (
    <div className="lt-stack">
      <Alert
        type={report.holds ? 'success' : 'error'}
        showIcon
        title={t(report.holds ? 'research.report.holds' : 'research.report.misses', { k })}
        description={report.partial ? t('research.report.partial') : undefined}
      />
      <Facts
        items={[
          { label: t('research.report.found'), value: report.patients_found },
          { label: t('research.report.patients'), value: report.patients },
          ...left('suppressed'),
          ...left('denied'),
          ...left('not_permitted'),
          ...left('legal_hold'),
          ...left('nothing'),
          ...more('sensitive_entries'),
          ...more('shared_entries'),
          ...more('empty_entries'),
          ...more('codes_widened'),
          ...more('codes_dropped'),
          ...more('organizations_grouped'),
          ...(report.smallest
            ? [{ label: t('research.report.smallest'), value: report.smallest }]
            : []),
          ...(report.l ? [{ label: t('research.report.l'), value: report.l }] : []),
        ]}
      />
      <DataTable<{ name: (typeof SIZES)[number] | 'groups' }>
        id="research.groups"
        plain
        label={t('research.report.groups')}
        rows={[{ name: 'groups' }, ...SIZES.map((name) => ({ name }))]}
        rowKey={(row) => row.name}
        columns={[
          {
            key: 'size',
            title: t('research.report.group-size'),
            width: 150,
            render: (row) => sizeText(row.name, k),
          },
          {
            key: 'before',
            title: t('research.report.before'),
            width: 90,
            align: 'right',
            render: (row) => report.before[row.name],
          },
          {
            key: 'after',
            title: t('research.report.after'),
            width: 90,
            align: 'right',
            render: (row) => report.after[row.name],
          },
        ]}
      />
      {report.columns.length > 0 && (
        <DataTable<{ column: Column; steps: number; steps_max: number }>
          id="research.losses"
          plain
          label={t('research.report.losses')}
          rows={report.columns}
          rowKey={(row) => row.column}
          columns={[
            {
              key: 'column',
              title: t('research.field.quasi'),
              width: 140,
              render: (row) => columnText(row.column),
            },
            {
              key: 'level',
              title: t('research.report.level'),
              width: 190,
              render: (row) => levelText(row.column, row.steps, row.steps_max),
            },
          ]}
        />
      )}
    </div>
  );
}

function sizeText(name: keyof GroupSizes, k: number): string {
  const bounds = { low: k, double: 2 * k - 1, next: 2 * k, ten: 10 * k - 1, above: 10 * k };
  return t(`research.report.size-${String(name).replaceAll('_', '-')}`, {
    ...bounds,
    under: k - 1,
  });
}

/** How far a column was widened, in words. */
function levelText(column: Column, steps: number, steps_max: number): string {
  if (steps === 0) return t('research.level.kept');
  if (steps >= steps_max) return t('research.level.gone');
  return t(`research.level.${column}-${steps}`);
}

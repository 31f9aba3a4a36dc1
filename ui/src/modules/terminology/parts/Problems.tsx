import { t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import type { RowProblem } from '../types';

/** Bad cells of a file. */
export function Problems({ problems }: { problems: RowProblem[] }) {
  return (
    <DataTable<RowProblem>
      id="terminology.problems"
      label={t('terminology.report')}
      rows={problems}
      rowKey={(row) => `${row.line} ${row.column} ${row.code} ${row.detail}`}
      quiet
      plain
      columns={[
        {
          key: 'line',
          title: t('terminology.line'),
          width: 70,
          align: 'right',
          render: (row) => row.line,
        },
        {
          key: 'column',
          title: t('terminology.column'),
          width: 120,
          render: (row) => row.column,
        },
        { key: 'detail', title: t('terminology.problem'), width: 420, render: (row) => row.detail },
      ]}
    />
  );
}

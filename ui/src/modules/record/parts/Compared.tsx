/** Two records field by field. */
import { t } from '@/i18n';
import { type Column, DataTable } from '@/kit/DataTable';
import { StatusTag } from '@/kit/StatusTag';
import { withNote } from '@/kit/words';
import { type ComparedRow, MARK_TONES } from '../pairs';

export interface ComparedProps {
  rows: ComparedRow[];
  /** Which member each record comes from, where that is known. */
  low: string;
  high: string;
}

export function Compared({ rows, low, high }: ComparedProps) {
  const columns: Column<ComparedRow>[] = [
    {
      key: 'field',
      title: t('record.index.field-label'),
      width: 120,
      always: true,
      render: (row) => <span className="lt-muted">{row.label}</span>,
    },
    {
      key: 'low',
      title: sideTitle('first', low),
      width: 260,
      always: true,
      render: (row) => <Told text={row.low} mark={row.mark} />,
    },
    {
      key: 'high',
      title: sideTitle('second', high),
      width: 260,
      always: true,
      render: (row) => <Told text={row.high} mark={row.mark} />,
    },
    {
      key: 'mark',
      title: t('record.index.mark-label'),
      width: 150,
      always: true,
      render: (row) => <Mark mark={row.mark} />,
    },
  ];
  return (
    <DataTable<ComparedRow>
      plain
      quiet
      id="record.compare"
      label={t('record.index.compare')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.key}
      phoneRow={(row) => (
        <span className="record-text">
          <span className="lt-row">
            <span className="lt-muted">{row.label}</span>
            <Mark mark={row.mark} />
          </span>
          <span>
            {t('record.index.first')} · <Told text={row.low} mark={row.mark} />
          </span>
          <span>
            {t('record.index.second')} · <Told text={row.high} mark={row.mark} />
          </span>
        </span>
      )}
    />
  );
}

function sideTitle(side: 'first' | 'second', org: string): string {
  const title = t(`record.index.${side}`);
  return org ? withNote(title, org) : title;
}

function Mark({ mark }: { mark: ComparedRow['mark'] }) {
  return <StatusTag plain tone={MARK_TONES[mark]} label={t(`record.index.mark.${mark}`)} />;
}

function Told({ text, mark }: { text: string; mark: ComparedRow['mark'] }) {
  if (text === '') return <span className="lt-muted">—</span>;
  return mark === 'different' ? <b>{text}</b> : text;
}

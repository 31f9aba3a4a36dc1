import { language, t, textOr } from '@/i18n';
import { type Column, DataTable } from '@/kit/DataTable';
import { download } from '@/kit/download';
import { FilterBar } from '@/kit/FilterBar';
import { Page } from '@/kit/Page';
import { PageSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { flag, text, useUrlFilters } from '@/kit/urlFilters';
import { useOrgName } from '../api';
import { QUALITY_EXPORT, useQuality } from '../indexApi';
import { qualityRows, rateText } from '../pairs';
import type { QualityRow } from '../types';
import '../record.css';

const FILTERS = { org: text(), field: text(), flawed: flag() };

/** How good each member's registrations are, field by field. */
export default function Quality() {
  const found = useQuality();
  if (found.isPending) return <PageSkeleton />;
  if (!found.data) {
    return <ErrorState page error={found.error} onRetry={() => void found.refetch()} />;
  }
  return <QualityView all={found.data} />;
}

function fieldText(field: string): string {
  return textOr(field, `record.quality.field.${field}`);
}

function QualityView({ all }: { all: QualityRow[] }) {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const rows = qualityRows(all, filters);
  const memberName = useMemberName();
  const members = new Map(all.map((row) => [row.org_id, memberName(row)]));
  const fields = [...new Set(all.map((row) => row.field))];
  const good = rows.reduce((sum, row) => sum + row.good, 0);
  const records = rows.reduce((sum, row) => sum + row.records, 0);
  return (
    <Page
      wide
      title={t('record.quality.title')}
      tools={
        <FilterBar
          spec={FILTERS}
          values={filters}
          onChange={setFilters}
          fields={[
            {
              kind: 'choice',
              name: 'org',
              label: t('record.quality.member'),
              options: [...members].map(([value, label]) => ({ value, label })),
            },
            {
              kind: 'choice',
              name: 'field',
              label: t('record.quality.measure'),
              options: fields.map((value) => ({ value, label: fieldText(value) })),
            },
            { kind: 'flag', name: 'flawed', label: t('record.quality.flawed') },
          ]}
        />
      }
    >
      <DataTable<QualityRow>
        id="record.quality"
        label={t('record.quality.title')}
        columns={columns(memberName)}
        rows={rows}
        rowKey={(row) => `${row.org_id} ${row.field}`}
        filtered={all.length > 0}
        onClearFilters={() => setFilters({ org: undefined, field: undefined, flawed: false })}
        onExport={() => void download(QUALITY_EXPORT, {}, 'patient-quality.xlsx')}
        empty={
          <EmptyState title={t('record.quality.empty')} hint={t('record.quality.empty-hint')} />
        }
        tools={
          <span className="lt-muted" title={t('record.quality.hint')}>
            {t('record.quality.total', { good, records, rate: rateText(good, records) })}
          </span>
        }
        phoneRow={(row) => (
          <span className="record-text">
            <span>
              <b>{memberName(row)}</b> · {fieldText(row.field)}
            </span>
            <span className="lt-figures">
              {rateText(row.good, row.records)} · {row.good} / {row.records}
            </span>
          </span>
        )}
      />
      <p className="record-plain lt-muted">{t('record.quality.hint')}</p>
    </Page>
  );
}

/** The member's name in the reader's language. */
function useMemberName() {
  const orgName = useOrgName();
  return (row: QualityRow) => (language() === 'en' && orgName(row.org_id)) || row.org_name;
}

function columns(memberName: (row: QualityRow) => string): Column<QualityRow>[] {
  const count = (key: 'missing' | 'invalid' | 'placeholder'): Column<QualityRow> => ({
    key,
    title: t(`record.quality.${key}`),
    width: 100,
    align: 'right',
    render: (row) => <span className="lt-figures">{row[key]}</span>,
  });
  return [
    {
      key: 'member',
      title: t('record.quality.member'),
      width: 220,
      always: true,
      render: memberName,
    },
    {
      key: 'field',
      title: t('record.quality.measure'),
      width: 140,
      always: true,
      render: (row) => fieldText(row.field),
    },
    {
      key: 'rate',
      title: t('record.quality.rate'),
      width: 100,
      align: 'right',
      render: (row) => <b className="lt-figures">{rateText(row.good, row.records)}</b>,
    },
    {
      key: 'counts',
      title: t('record.quality.counts'),
      width: 150,
      align: 'right',
      render: (row) => (
        <span className="lt-figures">
          {row.good} / {row.records}
        </span>
      ),
    },
    count('missing'),
    count('invalid'),
    count('placeholder'),
  ];
}

import { useQuery } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { call, callVersioned, ifMatch, newKey } from '@/api/client';
import { language, t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { FilterBar } from '@/kit/FilterBar';
import { Facts, Page, Section } from '@/kit/Page';
import { useGo, useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { Stepper } from '@/kit/Stepper';
import { toast } from '@/kit/toast';
import type { Tone } from '@/kit/tokens';
import { choice, text, useUrlFilters } from '@/kit/urlFilters';
import { filterFindings, pathOf } from '../report';
import {
  type Finding,
  type Import as Roster,
  SEVERITIES,
  type Severity,
  type SheetReport,
} from '../types';
import { ImportTag } from './Imports';

const FILTERS = { severity: choice(SEVERITIES), sheet: text(), q: text() };
const TONES: Record<Severity, Tone> = { error: 'overdue', warning: 'soon', note: 'neutral' };

/** One roster: what was found in it, cell by cell, and taking it in. */
export default function Import() {
  const id = useRouteParam('id');
  const go = useGo();
  const found = useQuery({
    queryKey: ['import', id],
    queryFn: ({ signal }) => callVersioned<Roster>('GET', `/api/imports/${id}`, { signal }),
  });
  if (found.isPending) return <PageSkeleton />;
  if (found.isError) {
    return <ErrorState page error={found.error} onRetry={() => void found.refetch()} />;
  }
  const { body: roster, version } = found.data;
  const { report } = roster;
  async function apply() {
    const headers = { ...ifMatch(version), 'Idempotency-Key': newKey() };
    await call('POST', `/api/imports/${id}/apply`, { headers });
    toast.success(t('exchange.applied'));
    await found.refetch();
  }
  const rows = report.sheets.reduce((sum, sheet) => sum + sheet.rows, 0);
  return (
    <Page
      wide
      title={report.file}
      back="/imports"
      meta={<ImportTag state={roster.state} />}
      actions={
        <>
          {roster.state === 'faulty' && (
            <Button type="primary" onClick={() => go('/imports')}>
              {t('exchange.again')}
            </Button>
          )}
          {roster.state === 'ready' && (
            <ConfirmAction
              label={t('exchange.apply')}
              title={t('exchange.apply')}
              consequence={t('exchange.apply-consequence', { n: rows })}
              danger={false}
              button={{ type: 'primary' }}
              onConfirm={apply}
            />
          )}
        </>
      }
    >
      <Section>
        <Stepper label={t('exchange.title')} steps={pathOf(roster.state)} />
      </Section>
      {roster.state === 'faulty' && (
        <Alert
          type="error"
          showIcon
          title={t('exchange.faulty', { n: report.error_count })}
          description={t('exchange.faulty-hint')}
        />
      )}
      <Section title={t('exchange.sheets')}>
        <Facts
          items={[
            { label: t('exchange.by'), value: roster.uploaded_by },
            { label: t('exchange.at'), value: <DateTime at={roster.created_at} show="both" /> },
            { label: t('exchange.encoding'), value: report.encoding },
            {
              label: t('exchange.applied-at'),
              value: roster.applied_at && <DateTime at={roster.applied_at} show="both" />,
            },
          ]}
        />
        <Sheets sheets={report.sheets} />
      </Section>
      <Findings findings={report.findings} sheets={report.sheets} />
    </Page>
  );
}

function Sheets({ sheets }: { sheets: SheetReport[] }) {
  const count = (key: 'rows' | 'created' | 'changed' | 'unchanged') => ({
    key,
    title: t(`exchange.${key}`),
    width: 80,
    align: 'right' as const,
    render: (sheet: SheetReport) => sheet[key],
  });
  return (
    <DataTable<SheetReport>
      id="exchange.sheets"
      label={t('exchange.sheets')}
      rows={sheets}
      rowKey={(sheet) => sheet.name}
      quiet
      plain
      columns={[
        { key: 'name', title: t('exchange.sheet'), width: 160, render: (sheet) => sheet.name },
        {
          key: 'kind',
          title: t('exchange.kind'),
          width: 120,
          render: (sheet) =>
            sheet.kind ? (
              t(`exchange.sheet-kind.${sheet.kind}`)
            ) : (
              <StatusTag plain tone="soon" label={t('exchange.sheet-kind.unknown')} />
            ),
        },
        {
          key: 'header',
          title: t('exchange.header-row'),
          width: 90,
          align: 'right',
          render: (sheet) => sheet.header_row ?? '—',
        },
        count('rows'),
        count('created'),
        count('changed'),
        count('unchanged'),
        {
          key: 'unknown',
          title: t('exchange.unknown-columns'),
          width: 220,
          render: (sheet) => sheet.unknown_columns.join(' · ') || '—',
        },
      ]}
    />
  );
}

function Findings({ findings, sheets }: { findings: Finding[]; sheets: SheetReport[] }) {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const rows = filterFindings(findings, filters);
  const count = (severity: Severity) => findings.filter((one) => one.severity === severity).length;
  return (
    <Section title={t('exchange.findings')}>
      <FilterBar
        spec={FILTERS}
        values={filters}
        onChange={setFilters}
        views={[
          { key: 'all', label: t('kit.filter.all'), count: findings.length, filters: {} },
          ...SEVERITIES.map((severity) => ({
            key: severity,
            label: t(`exchange.severity.${severity}`),
            count: count(severity),
            filters: { severity },
          })),
        ]}
        fields={[
          {
            kind: 'choice',
            name: 'sheet',
            label: t('exchange.sheet'),
            options: sheets.map((sheet) => ({ value: sheet.name, label: sheet.name })),
          },
          { kind: 'search', name: 'q', label: t('exchange.q') },
        ]}
      />
      <DataTable<Finding>
        id="exchange.findings"
        label={t('exchange.findings')}
        rows={rows}
        rowKey={(row) => `${row.sheet} ${row.cell} ${row.code} ${row.value ?? ''}`}
        quiet
        plain
        filtered={rows.length < findings.length}
        onClearFilters={() => setFilters({ severity: undefined, sheet: undefined, q: undefined })}
        empty={<EmptyState title={t('exchange.clean')} />}
        columns={[
          {
            key: 'severity',
            title: t('exchange.weight'),
            width: 90,
            render: (row) => (
              <StatusTag
                plain
                tone={TONES[row.severity]}
                label={t(`exchange.severity.${row.severity}`)}
              />
            ),
          },
          { key: 'sheet', title: t('exchange.sheet'), width: 120, render: (row) => row.sheet },
          {
            key: 'cell',
            title: t('exchange.cell'),
            width: 80,
            render: (row) => <code>{row.cell}</code>,
          },
          {
            key: 'column',
            title: t('exchange.column'),
            width: 130,
            render: (row) => row.column ?? '—',
          },
          {
            key: 'value',
            title: t('exchange.value'),
            width: 160,
            render: (row) => row.value ?? '—',
          },
          { key: 'message', title: t('exchange.message'), width: 400, render: messageOf },
        ]}
        phoneRow={(row) => (
          <>
            <span className="lt-row">
              <StatusTag
                plain
                tone={TONES[row.severity]}
                label={t(`exchange.severity.${row.severity}`)}
              />
              <code>
                {row.sheet} {row.cell}
              </code>
              {row.value}
            </span>
            <span>{messageOf(row)}</span>
          </>
        )}
      />
    </Section>
  );
}

function messageOf(row: Finding): string {
  return language() === 'en' ? row.message_en : row.message_zh;
}

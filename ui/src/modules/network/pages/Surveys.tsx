import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Select } from 'antd';
import { useState } from 'react';
import { call, callVersioned } from '@/api/client';
import { t, textOr } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DataTable } from '@/kit/DataTable';
import { Section } from '@/kit/Page';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { act, useRows } from '../queries';
import type { Comparison, Survey } from '../types';
import { ConceptName } from './Departments';
import type { QuickField } from './FieldsDialog';
import type { Count } from './fields';
import { QuickAdd, QuickEdit } from './QuickAdd';

const BEDS = ['beds_approved', 'beds_open', 'beds_intensive'];
const STAFF = [
  'doctors',
  'general_practitioners',
  'doctors_intermediate_up',
  'nurses',
  'technicians',
  'pharmacists',
  'public_health',
  'village_doctors',
  'others',
];

/** What a member can do, beside what it could at the baseline. */
export function Surveys({ org_id, mayManage }: { org_id: string; mayManage: boolean }) {
  const queries = useQueryClient();
  const [chosen, setChosen] = useState<string>();
  const surveys = useRows<Survey>(['capability-survey'], '/api/capability-surveys', { org_id });
  const id = chosen ?? surveys.data?.[0]?.id;
  const comparison = useQuery({
    queryKey: ['capability-survey', id, 'comparison'],
    queryFn: ({ signal }) =>
      call<Comparison>('GET', `/api/capability-surveys/${id}/comparison`, { signal }),
    enabled: Boolean(id),
  });
  const shown = surveys.data?.find((one) => one.id === id);
  async function makeBaseline(of: string) {
    const { version } = await callVersioned<Survey>('GET', `/api/capability-surveys/${of}`);
    await act(`/api/capability-surveys/${of}/baseline`, version);
    toast.success(t('network.saved'));
    await queries.invalidateQueries({ queryKey: ['capability-survey'] });
  }
  const add = mayManage && (
    <QuickAdd
      title={t('network.surveys.new')}
      path="/api/capability-surveys"
      fixed={{ org_id }}
      invalidates={['capability-survey']}
      shape={counted}
      fields={surveyFields(surveys.data?.[0])}
    />
  );
  if (surveys.isPending) return <LinesSkeleton rows={8} />;
  return (
    <Section
      title={t('network.tab.surveys')}
      extra={
        <span className="lt-row">
          {(surveys.data?.length ?? 0) > 0 && (
            <Select
              size="small"
              className="network-pick"
              aria-label={t('network.surveys.day')}
              value={id}
              onChange={setChosen}
              options={(surveys.data ?? []).map((one) => ({
                value: one.id,
                label: one.is_baseline
                  ? t('network.surveys.baseline-of', { day: one.surveyed_on })
                  : one.surveyed_on,
              }))}
            />
          )}
          {mayManage && shown && !shown.is_baseline && (
            <ConfirmAction
              label={t('network.surveys.make-baseline')}
              title={t('network.surveys.make-baseline')}
              consequence={t('network.surveys.make-baseline-consequence', {
                day: shown.surveyed_on,
              })}
              danger={false}
              button={{ size: 'small' }}
              onConfirm={() => makeBaseline(shown.id)}
            />
          )}
          {mayManage && shown && (
            <QuickEdit<Survey>
              title={t('network.surveys.edit')}
              of={shown.surveyed_on}
              path={`/api/capability-surveys/${shown.id}`}
              fixed={{ org_id }}
              invalidates={['capability-survey']}
              values={answersOf}
              shape={counted}
              fields={surveyFields()}
            />
          )}
          {add}
        </span>
      }
    >
      {surveys.data?.length === 0 && (
        <EmptyState title={t('network.surveys.none')} hint={t('network.surveys.none-hint')} />
      )}
      {comparison.data && <Compare comparison={comparison.data} />}
    </Section>
  );
}

function Compare({ comparison }: { comparison: Comparison }) {
  const { baseline, current, figures, techniques_gained, techniques_lost } = comparison;
  return (
    <div className="lt-stack">
      <p className="lt-muted">
        {t('network.surveys.compared', { now: current.surveyed_on, before: baseline.surveyed_on })}
      </p>
      <DataTable
        id="network.survey"
        label={t('network.tab.surveys')}
        rows={figures}
        rowKey={(row) => row.figure}
        phoneRow={(row) => (
          <span className="network-figure">
            <span>{figureName(row.figure)}</span>
            <span className="lt-figures">
              {row.baseline ?? '—'} → <b>{row.current ?? '—'}</b>{' '}
              <span className="lt-muted">{signed(row.difference)}</span>
            </span>
          </span>
        )}
        quiet
        plain
        columns={[
          {
            key: 'figure',
            title: t('network.surveys.figure'),
            width: 220,
            render: (row) => figureName(row.figure),
          },
          {
            key: 'baseline',
            title: t('network.surveys.baseline'),
            width: 100,
            align: 'right',
            render: (row) => row.baseline ?? '—',
          },
          {
            key: 'current',
            title: t('network.surveys.current'),
            width: 100,
            align: 'right',
            render: (row) => row.current ?? '—',
          },
          {
            key: 'difference',
            title: t('network.surveys.difference'),
            width: 100,
            align: 'right',
            render: (row) => signed(row.difference),
          },
        ]}
      />
      <Codes label={t('network.surveys.gained')} codes={techniques_gained} />
      <Codes label={t('network.surveys.lost')} codes={techniques_lost} />
    </div>
  );
}

function Codes({ label, codes }: { label: string; codes: string[] }) {
  if (codes.length === 0) return null;
  return (
    <div>
      <div className="lt-muted">{label}</div>
      <ul className="network-list">
        {codes.map((code) => (
          <li key={code}>
            <ConceptName system="technique" code={code} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** `+3`, `−2`, `0`. */
export function signed(difference: number | null | undefined): string {
  if (difference === null || difference === undefined) return '—';
  return difference > 0 ? `+${difference}` : String(difference).replace('-', '−');
}

function figureName(figure: string): string {
  const [group, ...rest] = figure.split('.');
  if (group === 'equipment') return t('network.figure.equipment', { kind: rest.join('.') });
  return textOr(figure, `network.figure.${figure}`);
}

function dashed(name: string): string {
  return name.replaceAll('_', '-');
}

/** What a survey asks; devices and techniques begin with what the last one found. */
function surveyFields(last?: Survey): QuickField[] {
  const figures = [...BEDS, ...STAFF].map((name) => ({
    name: name.startsWith('beds') ? name : `staff.${name}`,
    label: figureName(name.startsWith('beds') ? `beds.${name.slice(5)}` : `staff.${dashed(name)}`),
    sort: 'number' as const,
    initial: 0,
    required: true,
  }));
  return [
    { name: 'surveyed_on', label: t('network.surveys.day'), sort: 'past-date', required: true },
    ...figures,
    {
      name: 'equipment',
      label: t('network.surveys.equipment'),
      sort: 'counts',
      initial: countsOf(last),
    },
    {
      name: 'technique_codes',
      label: t('network.surveys.techniques'),
      concepts: 'technique',
      sort: 'codes',
      initial: last?.technique_codes ?? [],
    },
    { name: 'note', label: t('network.field.note'), sort: 'text' },
  ];
}

/** A survey as the form asks for it. */
function answersOf(survey: Survey): object {
  const { surveyed_on, beds_approved, beds_open, beds_intensive, staff, technique_codes, note } =
    survey;
  return {
    surveyed_on,
    beds_approved,
    beds_open,
    beds_intensive,
    staff,
    equipment: countsOf(survey),
    technique_codes,
    note,
  };
}

/** Without the lines of devices that nobody named. */
function counted({ equipment, ...rest }: Record<string, unknown>): Record<string, unknown> {
  return { ...rest, equipment: ((equipment ?? []) as Count[]).filter((one) => one.kind?.trim()) };
}

/** Devices are asked from what the last survey counted. */
function countsOf(last: Survey | undefined): Count[] {
  return (last?.equipment ?? []).map(({ kind, count }) => ({ kind, count }));
}

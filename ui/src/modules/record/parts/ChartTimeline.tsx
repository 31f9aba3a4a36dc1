/** The record over all members on one line of time. */
import { ReloadOutlined } from '@ant-design/icons';
import { Button, Tag } from 'antd';
import { useMemo, useState } from 'react';
import { serverNow } from '@/api/serverTime';
import { t } from '@/i18n';
import { FilterBar } from '@/kit/FilterBar';
import { Section } from '@/kit/Page';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { dateTimeText, useNow } from '@/kit/time';
import { flag, list, text, useUrlFilters } from '@/kit/urlFilters';
import { ENTRY_KINDS, type Entry } from '../fhir/entries';
import { daysOf, type Line } from '../fhir/groups';
import { noteLook } from '../fhir/lastLook';
import { millisOf } from '../fhir/times';
import { useTimeline } from '../fhir/useTimeline';
import { EntryDetail } from './EntryDetail';
import { Failed } from './Failed';
import { ReadOn } from './ReadOn';
import { TimelineLine } from './TimelineLine';

const FILTERS = {
  kind: list(),
  member: text(),
  from: text(),
  to: text(),
  unseen: flag(),
  item: text(),
};

interface ChartTimelineProps {
  patient_id: string;
  keepers: ReadonlyMap<string, string>;
}

export function ChartTimeline({ patient_id, keepers }: ChartTimelineProps) {
  const [values, set] = useUrlFilters(FILTERS);
  const { kind, from, to } = values;
  const filter = { kinds: kind, from, to };
  const reading = useTimeline(patient_id, filter, keepers);
  const [before_ms] = useState(() => noteLook(patient_id, serverNow()));
  const isNew = (entry: Entry) =>
    before_ms !== null && (millisOf(entry.stored_at) ?? 0) > before_ms;
  const members = membersOf(reading.entries);
  const shown = reading.entries.filter(
    (entry) =>
      (!values.member || memberKey(entry) === values.member) && (!values.unseen || isNew(entry)),
  );
  const fresh = reading.entries.filter(isNew).length;
  const narrowed = kind.length > 0 || Boolean(values.member || from || to || values.unseen);
  return (
    <Section>
      <div className="record-timeline-tools">
        <FilterBar
          spec={FILTERS}
          values={values}
          onChange={set}
          fields={[
            {
              kind: 'list',
              name: 'kind',
              label: t('record.chart.kind-label'),
              options: ENTRY_KINDS.map((value) => ({
                value,
                label: t(`record.chart.kind.${value}`),
              })),
            },
            { kind: 'choice', name: 'member', label: t('record.chart.member'), options: members },
            { kind: 'dates', name: 'from', to: 'to', label: t('record.chart.time') },
            ...(before_ms === null
              ? []
              : [{ kind: 'flag' as const, name: 'unseen', label: t('record.chart.unseen') }]),
          ]}
          extra={
            <Button icon={<ReloadOutlined />} onClick={reading.readAgain}>
              {t('record.chart.again')}
            </Button>
          }
        />
      </div>
      <SinceLook before_ms={before_ms} fresh={fresh} pending={reading.pending} />
      <Failed types={reading.failed} onAgain={reading.readAgain} />
      {reading.pending && <LinesSkeleton rows={10} />}
      {reading.error && <ErrorState error={reading.error} onRetry={reading.readAgain} />}
      {!reading.pending && !reading.error && shown.length === 0 && (
        <EmptyState
          title={t(narrowed ? 'record.chart.none-filtered' : 'record.chart.none')}
          hint={t(narrowed ? 'record.chart.none-filtered-hint' : 'record.chart.none-hint')}
          action={
            narrowed && (
              <Button
                onClick={() =>
                  set({
                    kind: [],
                    member: undefined,
                    from: undefined,
                    to: undefined,
                    unseen: false,
                  })
                }
              >
                {t('kit.filter.clear')}
              </Button>
            )
          }
        />
      )}
      <Days entries={shown} isNew={isNew} onOpen={(line) => set({ item: line.entry.address })} />
      {!reading.pending && !reading.error && (
        <ReadOn
          more={reading.more}
          reading={reading.reading}
          onMore={reading.readOn}
          shown={shown.length}
        />
      )}
      {values.item && (
        <EntryDetail
          address={values.item}
          entries={reading.entries}
          context={reading.context}
          onOpen={(item) => set({ item })}
          onClose={() => set({ item: undefined })}
        />
      )}
    </Section>
  );
}

interface DaysProps {
  entries: Entry[];
  isNew: (entry: Entry) => boolean;
  onOpen: (line: Line) => void;
}

function Days({ entries, isNew, onOpen }: DaysProps) {
  const now = useNow();
  const days = useMemo(() => daysOf(entries), [entries]);
  return (
    <div className="record-days">
      {days.map(({ day, lines }, index) => (
        <section key={`${day}-${index}`}>
          <h3 className="record-day lt-figures">
            {day || t('record.chart.undated')}
            {day.length === 10 && <DayAgo day={day} now={now} />}
          </h3>
          <ol aria-label={day || t('record.chart.undated')}>
            {lines.map((line) => (
              <TimelineLine
                key={line.entry.address}
                line={line}
                fresh={line.together.some(isNew)}
                onOpen={() => onOpen(line)}
              />
            ))}
          </ol>
        </section>
      ))}
    </div>
  );
}

const DAY_MS = 86_400_000;

/** Whole days: hours mean nothing to a day. */
function DayAgo({ day, now }: { day: string; now: number }) {
  const at = millisOf(day);
  const n = at === null ? -1 : Math.floor((now - at) / DAY_MS);
  if (n < 0) return null;
  const words =
    n === 0 ? t('record.chart.today') : t('kit.time.ago', { time: t('kit.span.days', { n }) });
  return <span className="lt-muted"> {words}</span>;
}

interface SinceLookProps {
  before_ms: number | null;
  fresh: number;
  pending: boolean;
}

/** What is new to this person; the first look says nothing. */
function SinceLook({ before_ms, fresh, pending }: SinceLookProps) {
  if (before_ms === null || pending) return null;
  const at = dateTimeText(before_ms);
  return (
    <p className="record-since lt-muted" title={t('record.chart.since-hint')}>
      {t(fresh === 0 ? 'record.chart.since-none' : 'record.chart.since', { at, n: fresh })}
      {fresh > 0 && <Tag color="cyan">{t('record.chart.new')}</Tag>}
    </p>
  );
}

function memberKey({ source }: Entry): string {
  return source.org_id ?? source.org;
}

function membersOf(entries: Entry[]): { value: string; label: string }[] {
  const members = new Map(
    entries.filter(({ source }) => source.org).map((entry) => [memberKey(entry), entry.source.org]),
  );
  return [...members].map(([value, label]) => ({ value, label }));
}

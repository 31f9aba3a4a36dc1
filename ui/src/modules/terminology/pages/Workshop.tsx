import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Button, Input, Space } from 'antd';
import { useEffect, useRef, useState } from 'react';
import { call, ifMatch, newKey, type Page as Rows } from '@/api/client';
import { t } from '@/i18n';
import { useHotkeys } from '@/kit/hotkeys';
import { Facts, Page, Section } from '@/kit/Page';
import { useRouteParam } from '@/kit/route';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { rowsOf, usePages } from '@/kit/usePages';
import { SearchTarget } from '../parts/SearchTarget';
import { SuggestionList } from '../parts/SuggestionList';
import { BASE, useMap } from '../queries';
import type { EntryInput, Relation, Suggestions, TermMap, WorkCode } from '../types';
import '../terminology.css';
import { mapName, Progress } from './Maps';

const FILTERS = { q: text(), code: text() };

/** The mapping workshop: left what is still to be done, right what it may become. */
export default function Workshop() {
  const id = useRouteParam('id');
  const map = useMap(id);
  if (map.isPending) return <LinesSkeleton rows={8} />;
  if (map.isError) {
    return <ErrorState page error={map.error} onRetry={() => void map.refetch()} />;
  }
  return <Shop map={map.data.body} />;
}

function Shop({ map }: { map: TermMap }) {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const [skipped, setSkipped] = useState<string[]>([]);
  const path = `${BASE}/maps/${map.id}`;
  const pages = usePages<WorkCode>(['concept-map', map.id, 'work', filters.q], (after, signal) =>
    call<Rows<WorkCode>>('GET', `${path}/work`, {
      query: { q: filters.q, after, limit: 100 },
      signal,
    }),
  );
  const all = rowsOf(pages);
  // What was skipped comes last.
  const rows = [
    ...all.filter((row) => !skipped.includes(row.code)),
    ...all.filter((row) => skipped.includes(row.code)),
  ];
  const current = filters.code ?? rows[0]?.code;
  const select = (code: string | undefined) => setFilters({ code });
  const step = (by: number) => {
    const at = rows.findIndex((row) => row.code === current);
    const next = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    if (next) select(next.code);
  };
  const after = (code: string) => {
    const at = rows.findIndex((row) => row.code === code);
    select((rows[at + 1] ?? rows.find((row) => row.code !== code))?.code);
  };
  useHotkeys({
    j: () => step(1),
    k: () => step(-1),
    ArrowDown: () => step(1),
    ArrowUp: () => step(-1),
  });
  return (
    <Page
      wide
      title={t('terminology.workshop-of', { name: mapName(map) })}
      back={`/terminology/maps/${map.id}`}
      meta={<Progress map={map} />}
      tools={<Keys />}
    >
      <div className="term-shop">
        <Section title={t('terminology.to-do')}>
          <Input.Search
            allowClear
            aria-label={t('terminology.map-q')}
            placeholder={t('terminology.map-q')}
            defaultValue={filters.q}
            onSearch={(typed) => setFilters({ q: typed || undefined, code: undefined })}
          />
          {pages.isPending ? (
            <LinesSkeleton rows={8} />
          ) : pages.isError ? (
            <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
          ) : rows.length === 0 ? (
            <EmptyState title={t('terminology.all-done')} hint={t('terminology.all-done-hint')} />
          ) : (
            <Queue rows={rows} current={current} onSelect={select} />
          )}
          {pages.hasNextPage && (
            <Button loading={pages.isFetching} onClick={() => void pages.fetchNextPage()}>
              {t('terminology.more')}
            </Button>
          )}
        </Section>
        {current ? (
          <Bench
            key={current}
            map={map}
            code={current}
            onDone={() => after(current)}
            onSkip={() => {
              setSkipped((now) => [...now.filter((code) => code !== current), current]);
              after(current);
            }}
          />
        ) : (
          <Section>
            <EmptyState title={t('terminology.choose-code')} />
          </Section>
        )}
      </div>
    </Page>
  );
}

function Queue({
  rows,
  current,
  onSelect,
}: {
  rows: WorkCode[];
  current: string | undefined;
  onSelect: (code: string) => void;
}) {
  const list = useRef<HTMLUListElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a move is news
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [current]);
  return (
    <ul className="term-queue" ref={list} aria-label={t('terminology.to-do')}>
      {rows.map((row) => (
        <li key={row.code}>
          <button
            type="button"
            aria-current={row.code === current ? 'true' : undefined}
            onClick={(event) => {
              onSelect(row.code);
              // Keys go on working: a focused button would swallow them.
              event.currentTarget.blur();
            }}
          >
            <span>
              <code>{row.code}</code> {row.name}
            </span>
            <span className="lt-figures">{t('terminology.times', { n: row.arrivals })}</span>
            <span className="lt-muted">{row.unit}</span>
            <span className="lt-muted">{row.proposed && t('terminology.entry-proposed')}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}

interface BenchProps {
  map: TermMap;
  code: string;
  onDone: () => void;
  onSkip: () => void;
}

/** One code: what is known of it, what it may become, and the decision. */
function Bench({ map, code, onDone, onSkip }: BenchProps) {
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [relation, setRelation] = useState<Relation>('equivalent');
  const search = useRef<HTMLInputElement>(null);
  const path = `${BASE}/maps/${map.id}`;
  const found = useQuery({
    queryKey: ['concept-map', map.id, 'suggestions', code],
    queryFn: ({ signal }) =>
      call<Suggestions>('GET', `${path}/suggestions`, { query: { code }, signal }),
  });
  const told = found.data;
  async function say(targets: EntryInput['targets'], state: EntryInput['state']) {
    if (!told || busy) return;
    setBusy(true);
    try {
      const body: EntryInput = { code, name: told.source.name, targets, state, note: '' };
      const headers = {
        'Idempotency-Key': newKey(),
        ...(told.entry && ifMatch(told.entry.version)),
      };
      await call('POST', `${path}/entries`, { body, headers });
      onDone();
    } catch (thrown) {
      toast.error(thrown);
    } finally {
      await queries.invalidateQueries({ queryKey: ['concept-map'] });
      await queries.invalidateQueries({ queryKey: ['coverage'] });
      setBusy(false);
    }
  }
  const proposal = told?.entry?.state === 'proposed' ? told.entry : undefined;
  const reject = () => {
    if (proposal) void say(proposal.targets, 'rejected');
  };
  const accept = (target: string) => void say([{ code: target, name: '', relation }], 'confirmed');
  const number = (at: number) => () => {
    const one = told?.items[at];
    if (one) accept(one.concept.code);
  };
  useHotkeys({
    ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8, 9].map((key) => [String(key), number(key - 1)])),
    0: () => void say([], 'confirmed'),
    s: onSkip,
    x: () => reject(),
    p: () => {
      const first = told?.items[0];
      if (first) void say([{ code: first.concept.code, name: '', relation }], 'proposed');
    },
    '/': (event) => {
      event.preventDefault();
      search.current?.focus();
    },
  });
  if (found.isPending) return <LinesSkeleton rows={8} />;
  if (found.isError || !told) {
    return <ErrorState error={found.error} onRetry={() => void found.refetch()} />;
  }
  return (
    <Section
      title={
        <>
          <code>{code}</code> {told.source.name}
        </>
      }
      extra={
        <Space>
          <Button onClick={onSkip}>{t('terminology.skip')}</Button>
          {proposal && <Button onClick={reject}>{t('terminology.reject')}</Button>}
          <Button loading={busy} onClick={() => void say([], 'confirmed')}>
            {t('terminology.no-match')}
          </Button>
        </Space>
      }
    >
      <div className="lt-stack">
        <Facts
          items={[
            { label: t('terminology.unit'), value: told.source.unit || null },
            { label: t('terminology.arrivals'), value: told.source.arrivals },
            ...(told.entry
              ? [
                  {
                    label: t(`terminology.entry-${told.entry.state}`),
                    value:
                      told.entry.targets.map((one) => `${one.code} ${one.name}`).join(' · ') ||
                      t('terminology.relation-unmatched'),
                    wide: true,
                  },
                ]
              : []),
          ]}
        />
        <SuggestionList
          items={told.items}
          relation={relation}
          onRelation={setRelation}
          onAccept={accept}
        />
        <SearchTarget map={map} inputRef={search} onPick={accept} />
      </div>
    </Section>
  );
}

function Keys() {
  const keys = [
    ['1–9', 'accept'],
    ['0', 'no-match'],
    ['S', 'skip'],
    ['P', 'propose'],
    ['X', 'reject'],
    ['J / K', 'move'],
    ['/', 'search'],
  ];
  return (
    <div className="term-keys lt-muted" role="group" aria-label={t('terminology.keys')}>
      {keys.map(([key, word]) => (
        <span key={key}>
          <kbd>{key}</kbd> {t(`terminology.${word}`)}
        </span>
      ))}
    </div>
  );
}

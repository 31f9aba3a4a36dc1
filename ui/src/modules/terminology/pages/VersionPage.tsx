import { useQueryClient } from '@tanstack/react-query';
import { Alert, Button } from 'antd';
import { call, ifMatch, newKey, type Page as Rows } from '@/api/client';
import { useCommand } from '@/api/command';
import { t } from '@/i18n';
import { ConfirmAction } from '@/kit/ConfirmAction';
import { DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { download } from '@/kit/download';
import { FilterBar } from '@/kit/FilterBar';
import { FormErrors } from '@/kit/FormErrors';
import { Facts, Page, Section } from '@/kit/Page';
import { useGo, useRouteParam } from '@/kit/route';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { toast } from '@/kit/toast';
import { choice, useUrlFilters } from '@/kit/urlFilters';
import { usePages } from '@/kit/usePages';
import { Problems } from '../parts/Problems';
import { VersionTag } from '../parts/VersionTag';
import { BASE, useVersion } from '../queries';
import type { Concept, ConceptChange, Version } from '../types';
import '../terminology.css';

const KINDS = ['added', 'changed', 'retired', 'removed'] as const;
const FILTERS = { kind: choice(KINDS) };

/** One version: what it changes, and what can be done with it. */
export default function VersionPage() {
  const system = useRouteParam('system');
  const number = useRouteParam('number');
  const version = useVersion(system, number);
  if (version.isPending) return <LinesSkeleton rows={8} />;
  if (version.isError) {
    return <ErrorState page error={version.error} onRetry={() => void version.refetch()} />;
  }
  return <Shown system={system} version={version.data.body} seen={version.data.version} />;
}

function Shown({ system, version, seen }: { system: string; version: Version; seen: string }) {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const path = `${BASE}/${system}/versions/${version.number}`;
  const pages = usePages<ConceptChange>(
    ['code-system-version', system, version.number, 'changes', filters.kind],
    (after, signal) =>
      call<Rows<ConceptChange>>('GET', `${path}/changes`, {
        query: { kind: filters.kind, after },
        signal,
      }),
  );
  const counts = version.counts;
  return (
    <Page
      wide
      title={t('terminology.version-title', { n: version.number, edition: version.edition })}
      back={`/terminology/${system}/versions`}
      meta={<VersionTag state={version.state} />}
      actions={<Actions system={system} version={version} seen={seen} />}
    >
      <Section>
        <Facts
          items={[
            { label: t('terminology.file-name'), value: version.file_name || null },
            { label: t('terminology.brought-by'), value: version.brought_by },
            {
              label: t('terminology.brought-at'),
              value: <DateTime at={version.created_at} />,
            },
            { label: t('terminology.effective-from'), value: version.effective_from },
            { label: t('terminology.effective-to'), value: version.effective_to },
            {
              label: t('terminology.whole'),
              value: t(version.complete ? 'kit.yes' : 'kit.no'),
            },
            { label: t('terminology.note'), value: version.note || null, wide: true },
          ]}
        />
      </Section>
      {counts.invalid > 0 && (
        <Section title={t('terminology.report')}>
          <div className="lt-stack">
            <Alert type="error" showIcon title={t('terminology.problems', { n: counts.invalid })} />
            <Problems problems={version.problems} />
          </div>
        </Section>
      )}
      <div className="term-filters">
        <FilterBar
          spec={FILTERS}
          values={filters}
          onChange={setFilters}
          fields={[]}
          views={[
            {
              key: 'all',
              label: t('terminology.change-all'),
              count: counts.added + counts.changed + counts.retired + counts.removed,
              filters: {},
            },
            ...KINDS.filter((kind) => kind !== 'removed' || counts.removed > 0).map((kind) => ({
              key: kind,
              label: t(`terminology.change-${kind}`),
              count: counts[kind],
              filters: { kind },
            })),
          ]}
        />
      </div>
      <DataTable<ConceptChange>
        id="terminology.changes"
        label={t('terminology.changes')}
        pages={pages}
        rowKey={(row) => row.code}
        empty={
          <EmptyState
            title={t(version.number === 1 ? 'terminology.first-version' : 'terminology.no-changes')}
          />
        }
        columns={[
          {
            key: 'code',
            title: t('terminology.code'),
            width: 130,
            always: true,
            render: (row) => <code>{row.code}</code>,
          },
          {
            key: 'kind',
            title: t('terminology.change'),
            width: 90,
            render: (row) => t(`terminology.change-${row.kind}`),
          },
          {
            key: 'difference',
            title: t('terminology.difference'),
            width: 640,
            render: (row) => <Difference change={row} />,
          },
        ]}
        phoneRow={(row) => (
          <>
            <code>{row.code}</code> {t(`terminology.change-${row.kind}`)}
            <Difference change={row} />
          </>
        )}
      />
    </Page>
  );
}

function Actions({ system, version, seen }: { system: string; version: Version; seen: string }) {
  const go = useGo();
  const queries = useQueryClient();
  const path = `${BASE}/${system}/versions/${version.number}`;
  const again = async () => {
    await queries.invalidateQueries({ queryKey: ['code-system-version', system] });
    await queries.invalidateQueries({ queryKey: ['code-system'] });
  };
  const activate = useCommand<{ seen: string }, Version>(
    (input, headers) =>
      call('POST', `${path}/activate`, { headers: { ...headers, ...ifMatch(input.seen) } }),
    {
      onSuccess: (done) => {
        toast.success(t(`terminology.done-${done.state}`));
        void again();
      },
    },
  );
  const isDraft = version.state === 'draft' || version.state === 'scheduled';
  const wasInForce = version.state === 'retired' || version.state === 'active';
  return (
    <>
      <FormErrors error={activate.error} />
      {wasInForce && (
        <Button
          onClick={() =>
            void download(`${BASE}/${system}/export`, { number: version.number }, system)
          }
        >
          {t('terminology.export-xlsx')}
        </Button>
      )}
      {version.state === 'retired' && (
        <ConfirmAction
          label={t('terminology.restore')}
          title={t('terminology.restore-title', { n: version.number })}
          consequence={t('terminology.restore-hint')}
          note="optional"
          danger={false}
          onConfirm={async ({ note }) => {
            const made = await call<Version>('POST', `${path}/restore`, {
              body: { note: note ?? '' },
              headers: { 'Idempotency-Key': newKey() },
            });
            await again();
            toast.success(t('terminology.done-active'));
            go(`/terminology/${system}/versions/${made.number}`);
          }}
        />
      )}
      {isDraft && (
        <ConfirmAction
          label={t('terminology.discard')}
          title={t('terminology.discard')}
          consequence={t('terminology.discard-hint')}
          onConfirm={async () => {
            const headers = { 'Idempotency-Key': newKey(), ...ifMatch(seen) };
            await call('POST', `${path}/discard`, { headers });
            await again();
          }}
        />
      )}
      {version.state === 'draft' && (
        <Button
          type="primary"
          disabled={version.counts.invalid > 0}
          loading={activate.isPending}
          onClick={() => activate.mutate({ seen })}
        >
          {t('terminology.activate')}
        </Button>
      )}
    </>
  );
}

/** Every field that reads otherwise, as it was and as it becomes. */
function Difference({ change }: { change: ConceptChange }) {
  const { before, after } = change;
  if (!before || !after) return <>{lineOf((after ?? before) as Concept)}</>;
  const [old, now] = [fieldsOf(before), fieldsOf(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
  return (
    <div className="term-change">
      <span>{after.zh}</span>
      {names
        .filter((name) => old[name] !== now[name])
        .map((name) => (
          <span key={name}>
            {labelOf(name)}: <del>{old[name] || '—'}</del> → <ins>{now[name] || '—'}</ins>
          </span>
        ))}
    </div>
  );
}

const LABELS: Record<string, string> = {
  zh: 'zh',
  en: 'en',
  synonyms: 'synonyms',
  parent: 'parent',
  active_from: 'from',
  active_to: 'to',
};

function labelOf(name: string): string {
  return LABELS[name] ? t(`terminology.${LABELS[name]}`) : name.replaceAll('_', ' ');
}

function fieldsOf(concept: Concept): Record<string, string> {
  const own = {
    zh: concept.zh,
    en: concept.en,
    synonyms: concept.synonyms.join(' · '),
    parent: concept.parent ?? '',
    active_from: concept.active_from ?? '',
    active_to: concept.active_to ?? '',
  };
  const others = Object.entries(concept.attributes ?? {}).map(([name, value]) => [
    name,
    String(value),
  ]);
  return { ...own, ...Object.fromEntries(others) };
}

function lineOf(concept: Concept): string {
  const unit = concept.attributes?.unit;
  return [concept.zh, concept.en, unit && String(unit)].filter(Boolean).join(' · ');
}

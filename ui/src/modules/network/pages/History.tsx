import { useQuery } from '@tanstack/react-query';
import { call } from '@/api/client';
import { t, textOr } from '@/i18n';
import { Section } from '@/kit/Page';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { Timeline } from '@/kit/Timeline';
import type { HistoryEntry } from '../types';

/** What happened to a member, newest first. */
export function History({ id }: { id: string }) {
  const history = useQuery({
    queryKey: ['organization', id, 'history'],
    queryFn: ({ signal }) =>
      call<{ items: HistoryEntry[] }>('GET', `/api/organizations/${id}/history`, { signal }),
  });
  return (
    <Section title={t('network.tab.history')}>
      {history.isPending && <LinesSkeleton rows={6} />}
      {history.isError && (
        <ErrorState error={history.error} onRetry={() => void history.refetch()} />
      )}
      {history.data && (
        <Timeline
          label={t('network.tab.history')}
          items={history.data.items.map((entry) => ({
            id: `${entry.version}${entry.at}${entry.event}`,
            at: entry.at,
            title: textOr(entry.event, `network.event.${entry.event}`),
            who: entry.actor_name,
            body: changedText(entry),
          }))}
        />
      )}
    </Section>
  );
}

/** The facts of an entry that a person can read. */
function changedText(entry: HistoryEntry): string | undefined {
  const detail = entry.detail as Record<string, unknown> | null;
  const facts = Object.entries(detail ?? {}).filter(([, value]) => typeof value === 'string');
  const shown = facts.filter(([name]) => name === 'reason' || name === 'number');
  return shown.length > 0 ? shown.map(([, value]) => String(value)).join(' · ') : undefined;
}

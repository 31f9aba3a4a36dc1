/** What was done for the patient over all capabilities. */
import { Button } from 'antd';
import { t } from '@/i18n';
import { Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { Timeline } from '@/kit/Timeline';
import { rowsOf } from '@/kit/usePages';
import { useOrgName, useRecordTimeline } from '../api';
import type { TimelineEntry } from '../types';
import { eventText, roleText } from '../words';

export function RecordTimeline({ id }: { id: string }) {
  const pages = useRecordTimeline(id);
  const orgName = useOrgName();
  const items = rowsOf(pages).map((entry) => ({
    id: entry.id,
    at: entry.at,
    title: <EventTitle entry={entry} />,
    who: [orgName(entry.actor_org_id), roleText(entry.role), entry.actor_name]
      .filter(Boolean)
      .join(' · '),
    tone: entry.kind === 'referral' ? ('active' as const) : ('neutral' as const),
  }));
  return (
    <Section>
      {pages.isPending && <LinesSkeleton rows={6} />}
      {pages.isError && items.length === 0 && (
        <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
      )}
      {pages.data && <Timeline items={items} label={t('record.tab.timeline')} />}
      {pages.hasNextPage && (
        <Button loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t('kit.table.more')}
        </Button>
      )}
    </Section>
  );
}

/** A referral's line leads to the referral. */
function EventTitle({ entry }: { entry: TimelineEntry }) {
  const words = eventText(entry.event);
  if (entry.kind !== 'referral') return <>{words}</>;
  return <PathLink to={`/referral/${entry.entity_id}`}>{words}</PathLink>;
}

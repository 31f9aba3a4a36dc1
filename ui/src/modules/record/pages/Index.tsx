import { Button } from 'antd';
import { useCan } from '@/api/session';
import { t, textOr } from '@/i18n';
import { type Column, DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { FilterBar } from '@/kit/FilterBar';
import { LinkTabs } from '@/kit/LinkTabs';
import { Page } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useGo } from '@/kit/route';
import { EmptyState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { choice, useUrlFilters } from '@/kit/urlFilters';
import { listed } from '@/kit/words';
import { useOrgName } from '../api';
import { useIndexSummary, useReviews } from '../indexApi';
import { bitsText, likelyText, ppmText, reviewTone } from '../pairs';
import { type MatchReviewRow, type MatchReviewState, REVIEW_STATES } from '../types';
import { sexAge } from '../words';
import '../record.css';

const FILTERS = { state: choice(['postponed', 'same', 'different', 'superseded'] as const) };

/** Pairs that may be one person, waiting for somebody. */
export default function Index() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const state: MatchReviewState = filters.state ?? 'open';
  const pages = useReviews(state);
  const go = useGo();
  const can = useCan();
  return (
    <Page
      wide
      title={t('record.index.title')}
      actions={
        can('record.register') && (
          <Button onClick={() => go('/record/sources/new')}>{t('record.source-new.title')}</Button>
        )
      }
      tools={
        <>
          <IndexTabs />
          <FilterBar
            spec={FILTERS}
            values={filters}
            onChange={setFilters}
            fields={[]}
            views={REVIEW_STATES.map((one) => ({
              key: one,
              label: t(`record.index.state.${one}`),
              filters: one === 'open' ? {} : { state: one },
            }))}
          />
        </>
      }
    >
      <DataTable<MatchReviewRow>
        id="record.index"
        label={t('record.index.title')}
        columns={useColumns()}
        pages={pages}
        rowKey={(row) => row.review.id}
        onOpen={(row) => go(`/record/index/${row.review.id}`)}
        tools={<Thresholds />}
        empty={
          state === 'open' ? (
            <EmptyState title={t('record.index.empty')} hint={t('record.index.empty-hint')} />
          ) : (
            <EmptyState title={t('record.index.empty-state')} />
          )
        }
        phoneRow={(row) => (
          <span className="record-text">
            <b>{pairText(row)}</b>
            <span>
              {likelyText(row.review.probability)} · {bitsText(row.review.score_bits)}
            </span>
            <span className="lt-muted">
              <DateTime at={row.review.opened_at} show="relative" />
            </span>
          </span>
        )}
      />
    </Page>
  );
}

/** The two lists of the patient index. */
export function IndexTabs() {
  return (
    <LinkTabs
      label={t('record.index.title')}
      tabs={[
        { to: '/record/index', label: t('record.index.queue') },
        { to: '/record/index/merges', label: t('record.merge.title') },
      ]}
    />
  );
}

/** What the thresholds in force were measured to be worth. */
function Thresholds() {
  const { data } = useIndexSummary();
  if (!data) return null;
  const { measured } = data;
  const text = t('record.index.thresholds', {
    link: minus(data.link_bits),
    review: minus(data.review_bits),
    precision: ppmText(measured.precision_ppm),
    recall: ppmText(measured.recall_with_review_ppm),
  });
  return (
    <span className="lt-muted" title={t('record.index.measured-title')}>
      {text}
    </span>
  );
}

/** A whole number with a minus sign, not a hyphen. */
function minus(bits: number): string {
  return String(bits).replace('-', '−');
}

export function pairText({ low, high }: MatchReviewRow): string {
  return t('record.index.who', { low: low.name, high: high.name });
}

function useColumns(): Column<MatchReviewRow>[] {
  const orgName = useOrgName();
  return [
    {
      key: 'patients',
      title: t('record.index.patients'),
      width: 240,
      always: true,
      render: (row) => (
        <span className="record-text">
          <PathLink to={`/record/index/${row.review.id}`} className="record-open">
            <b>{pairText(row)}</b>
          </PathLink>
          <span className="lt-muted">
            {listed(
              [row.low, row.high].map((one) => sexAge(one.sex, one.age_years, one.birth_date)),
            )}
          </span>
        </span>
      ),
    },
    {
      key: 'score',
      title: t('record.index.score'),
      width: 180,
      render: ({ review }) => (
        <span className="record-text">
          <span>{likelyText(review.probability)}</span>
          <span className="lt-muted lt-figures">{bitsText(review.score_bits)}</span>
        </span>
      ),
    },
    {
      key: 'why',
      title: t('record.index.why'),
      width: 200,
      render: ({ review }) => textOr(review.reason, `record.index.cause.${review.reason}`),
    },
    {
      key: 'orgs',
      title: t('record.index.orgs'),
      width: 220,
      render: ({ review }) => {
        const both = [review.low_org_id, review.high_org_id];
        return listed([...new Set(both.map(orgName))].filter(Boolean)) || '—';
      },
    },
    {
      key: 'since',
      title: t('record.index.since'),
      width: 150,
      render: ({ review }) => <DateTime at={review.opened_at} />,
    },
    {
      key: 'state',
      title: t('record.index.state-label'),
      width: 140,
      render: ({ review }) => <ReviewTag state={review.state} />,
    },
  ];
}

export function ReviewTag({ state }: { state: MatchReviewState }) {
  return <StatusTag tone={reviewTone(state)} label={t(`record.index.state.${state}`)} />;
}

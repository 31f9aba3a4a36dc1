import { t, textOr } from '@/i18n';
import { type Column, DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { Facts, Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useRouteParam } from '@/kit/route';
import { PageSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { withNote } from '@/kit/words';
import { useOrgName } from '../api';
import { useReview } from '../indexApi';
import { bitsText, comparedRows, likelyText, signed, weightWord } from '../pairs';
import { Compared } from '../parts/Compared';
import { DecidePair } from '../parts/DecidePair';
import { SourceTable } from '../parts/Sources';
import type { MatchField, MatchReviewDetail } from '../types';
import { pairText, ReviewTag } from './Index';
import '../record.css';

/** A pair that may be one person: side by side, why it is asked, and the decision. */
export default function Pair() {
  const id = useRouteParam('id');
  const found = useReview(id);
  if (found.isPending) return <PageSkeleton />;
  if (!found.data) {
    return <ErrorState page error={found.error} onRetry={() => void found.refetch()} />;
  }
  return <PairView detail={found.data} />;
}

function PairView({ detail }: { detail: MatchReviewDetail }) {
  const { review, low_side, high_side } = detail;
  return (
    <Page
      wide
      title={pairText(detail)}
      back="/record/index"
      meta={
        <>
          <ReviewTag state={review.state} />
          <span>{withNote(likelyText(review.probability), bitsText(review.score_bits))}</span>
        </>
      }
    >
      <Standing detail={detail} />
      <Section title={t('record.index.compare')}>
        <SideBySide detail={detail} />
      </Section>
      <Section title={t('record.index.explain')}>
        <Explanation fields={review.fields} score_bits={review.score_bits} />
      </Section>
      <Section title={t('record.index.sources-of', { side: t('record.index.first') })}>
        <SourceTable label={t('record.index.first')} sources={low_side.sources} />
      </Section>
      <Section title={t('record.index.sources-of', { side: t('record.index.second') })}>
        <SourceTable label={t('record.index.second')} sources={high_side.sources} />
      </Section>
      {detail.actions.length > 0 && <DecidePair detail={detail} />}
    </Page>
  );
}

/** Why the pair is asked about, and what was decided so far. */
function Standing({ detail }: { detail: MatchReviewDetail }) {
  const { review } = detail;
  const { decided } = review;
  return (
    <Section>
      <Facts
        items={[
          {
            label: t('record.index.why'),
            value: textOr(review.reason, `record.index.cause.${review.reason}`),
          },
          { label: t('record.index.since'), value: <DateTime at={review.opened_at} /> },
          {
            label: t('record.index.postponed-until'),
            value: review.postponed_until && <DateTime at={review.postponed_until} />,
          },
          {
            label: t('record.index.decided'),
            wide: true,
            value: decided && (
              <span className="record-text">
                <span>{decided.reason}</span>
                <span className="lt-muted">
                  {decided.account_name} · <DateTime at={decided.at} />
                </span>
                {review.state === 'same' && (
                  <PathLink to="/record/index/merges">{t('record.index.see-merges')}</PathLink>
                )}
              </span>
            ),
          },
        ].filter((fact) => fact.value)}
      />
    </Section>
  );
}

function SideBySide({ detail }: { detail: MatchReviewDetail }) {
  const orgName = useOrgName();
  const { low_side, high_side, review } = detail;
  return (
    <Compared
      rows={comparedRows(low_side.patient, high_side.patient, review.fields)}
      low={orgName(review.low_org_id)}
      high={orgName(review.high_org_id)}
    />
  );
}

interface ExplanationProps {
  fields: MatchField[];
  score_bits: number;
}

/** How each field did, and what that is worth. */
function Explanation({ fields, score_bits }: ExplanationProps) {
  const columns: Column<MatchField>[] = [
    {
      key: 'field',
      title: t('record.index.field-label'),
      width: 140,
      render: (row) => textOr(row.field, `record.index.match-field.${row.field}`),
    },
    {
      key: 'level',
      title: t('record.index.level-label'),
      width: 180,
      render: (row) => textOr(row.level, `record.index.level.${row.level}`),
    },
    {
      key: 'weight',
      title: t('record.index.weight'),
      width: 120,
      align: 'right',
      render: (row) => <span className="lt-figures">{bitsText(row.bits)}</span>,
    },
    {
      key: 'rarity',
      title: t('record.index.rarity'),
      width: 120,
      align: 'right',
      render: (row) => <span className="lt-figures">{signed(row.frequency_bits)}</span>,
    },
    {
      key: 'says',
      title: t('record.index.says'),
      width: 160,
      render: (row) => <Says bits={row.bits} />,
    },
  ];
  return (
    <>
      <DataTable<MatchField>
        plain
        quiet
        id="record.explain"
        label={t('record.index.explain')}
        columns={columns}
        rows={fields}
        rowKey={(row) => row.field}
        phoneRow={(row) => (
          <span className="record-text">
            <span>
              {textOr(row.field, `record.index.match-field.${row.field}`)} ·{' '}
              {textOr(row.level, `record.index.level.${row.level}`)}
            </span>
            <span className="lt-row">
              <span className="lt-figures">{bitsText(row.bits)}</span>
              <Says bits={row.bits} />
            </span>
          </span>
        )}
      />
      <p className="record-plain">
        <b>{withNote(t('record.index.total'), bitsText(score_bits))}</b>{' '}
        <span className="lt-muted">{t('record.index.explain-hint')}</span>
      </p>
    </>
  );
}

const SAYS_TONES = { for: 'done', against: 'overdue', neutral: 'neutral' } as const;

function Says({ bits }: { bits: number }) {
  const word = weightWord(bits);
  return <StatusTag plain tone={SAYS_TONES[word]} label={t(`record.index.${word}`)} />;
}

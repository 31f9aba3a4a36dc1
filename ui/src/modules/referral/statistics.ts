/** The workbench's figures: read by month, summed where sums make sense, never where they don't. */
import { useQueries } from '@tanstack/react-query';
import dayjs from 'dayjs';
import { call } from '@/api/client';
import { t } from '@/i18n';
import { spanText } from '@/kit/time';

export const INDICATORS = [
  'up-sent',
  'up-received',
  'exam-received',
  'advice-received',
  'down-sent',
  'down-received',
  'down-up-ratio',
  'answer-p50',
  'answer-p90',
  'acceptance-rate',
  'rejection-rate',
  'expiry-rate',
  'no-show-rate',
  'follow-up-completion',
] as const;
export type IndicatorCode = (typeof INDICATORS)[number];

export interface Indicator {
  code: IndicatorCode;
  numerator?: number | null;
  denominator?: number | null;
  per_mille?: number | null;
  seconds?: number | null;
}

export interface MemberFigures {
  org_id: string;
  org_name: string;
  indicators: Indicator[];
  refusals: { code: string; count: number }[];
}

export interface Statistics {
  month: string;
  from: string;
  to: string;
  clock_rule_version: number;
  follow_up_rule_version: number;
  members: MemberFigures[];
}

export const MONTHS_SHOWN = 6;

/** The month and those before it, oldest first. */
export function monthsUntil(month: string, count = MONTHS_SHOWN): string[] {
  const last = dayjs(`${month}-01`);
  return Array.from({ length: count }, (_, index) =>
    last.subtract(count - 1 - index, 'month').format('YYYY-MM'),
  );
}

const STALE_MS = 5 * 60_000;

export function useStatistics(months: string[]) {
  return useQueries({
    queries: months.map((month) => ({
      queryKey: ['referral-statistics', month],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        call<Statistics>('GET', '/api/referrals/statistics', { query: { month }, signal }),
      staleTime: STALE_MS,
    })),
  });
}

/** The spreadsheet has what the page shows: its month, and its member if one is chosen. */
export function exportQuery(month: string, org_id: string | undefined) {
  return { month, org_id };
}

export function indicatorOf(member: MemberFigures, code: IndicatorCode): Indicator | undefined {
  return member.indicators.find((one) => one.code === code);
}

/** One figure over several members: counts and rates add up by numerator and denominator; times
 * do not, and stay unknown. */
export function total(members: MemberFigures[], code: IndicatorCode): Indicator {
  const parts = members.flatMap((member) => indicatorOf(member, code) ?? []);
  const first = parts[0];
  if (members.length === 1 && first) return first;
  const numerator = sum(parts.map((one) => one.numerator));
  const denominator = sum(parts.map((one) => one.denominator));
  const rate = parts.some((one) => typeof one.denominator === 'number');
  const timed = code === 'answer-p50' || code === 'answer-p90';
  return {
    code,
    numerator: timed ? null : numerator,
    denominator: rate ? denominator : null,
    per_mille:
      rate && !timed && denominator ? Math.round(((numerator ?? 0) * 1000) / denominator) : null,
    seconds: null,
  };
}

function sum(values: (number | null | undefined)[]): number | null {
  const known = values.filter((value): value is number => typeof value === 'number');
  return known.length === 0 ? null : known.reduce((a, b) => a + b, 0);
}

/** A figure in words; unknown is a dash, never zero. */
export function figureText(one: Indicator | undefined): string {
  if (!one) return '—';
  if (typeof one.seconds === 'number') return spanText(one.seconds * 1000);
  if (typeof one.per_mille === 'number') return `${(one.per_mille / 10).toFixed(1)}%`;
  const isCount = typeof one.denominator !== 'number';
  return isCount && typeof one.numerator === 'number' ? String(one.numerator) : '—';
}

/** What a figure was counted from. */
export function partsText(one: Indicator | undefined): string {
  if (!one || typeof one.denominator !== 'number') return '';
  if (typeof one.numerator !== 'number') {
    return t('referral.stats.answered', { n: one.denominator });
  }
  return t('referral.stats.parts', { numerator: one.numerator, denominator: one.denominator });
}

/** Whether anything happened there at all. */
export function isActive(member: MemberFigures): boolean {
  return member.indicators.some((one) => (one.numerator ?? 0) > 0 || (one.denominator ?? 0) > 0);
}

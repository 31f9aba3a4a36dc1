/** Four questions about the last months, each answered by one chart. */
import { t, textOr } from '@/i18n';
import { Chart, type ChartProps } from '@/kit/Chart';
import { Section } from '@/kit/Page';
import { useConcepts } from '../api';
import {
  figureText,
  type IndicatorCode,
  indicatorOf,
  isActive,
  type MemberFigures,
  partsText,
  type Statistics,
  total,
} from '../statistics';
import { conceptText } from '../words';

export interface StatisticsChartsProps {
  months: string[];
  answers: (Statistics | undefined)[];
  org_id: string | undefined;
  onMonth: (month: string) => void;
}

const MINUTE_SECONDS = 60;
const MEMBERS_MAX = 10;
const REASONS_MAX = 8;

export function StatisticsCharts({ months, answers, org_id, onMonth }: StatisticsChartsProps) {
  const byMonth = answers.map((answer) => membersOf(answer, org_id));
  const last = byMonth.at(-1) ?? [];
  return (
    <div className="referral-charts">
      <Section>
        <FlowChart months={months} byMonth={byMonth} onMonth={onMonth} />
      </Section>
      <Section>
        <RatesChart months={months} byMonth={byMonth} onMonth={onMonth} />
      </Section>
      <Section>
        <AnswerChart members={last} />
      </Section>
      <Section>
        <RefusalChart members={last} />
      </Section>
    </div>
  );
}

function membersOf(answer: Statistics | undefined, org_id: string | undefined): MemberFigures[] {
  const members = answer?.members ?? [];
  return org_id ? members.filter((member) => member.org_id === org_id) : members;
}

interface MonthsProps {
  months: string[];
  byMonth: MemberFigures[][];
  onMonth: (month: string) => void;
}

/** Names come from the server: nothing in them may become part of the page. */
function plain(words: string): string {
  return words.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

type Hover = { seriesIndex?: number; seriesName?: string; dataIndex: number; name: string };

/** A tooltip that shows each figure with what it was counted from. */
function hover(lines: (at: number) => { name: string; value: string; parts: string }[]) {
  return {
    formatter: (params: unknown) => {
      const first = (Array.isArray(params) ? params[0] : params) as Hover;
      const rows = lines(first.dataIndex).map(
        (line) => `${plain(line.name)} <b>${plain(line.value)}</b> ${plain(line.parts)}`,
      );
      return [plain(first.name), ...rows].join('<br>');
    },
  };
}

function monthLines(codes: IndicatorCode[], byMonth: MemberFigures[][]) {
  return (at: number) =>
    codes.map((code) => {
      const one = total(byMonth[at] ?? [], code);
      return {
        name: t(`referral.indicator.${code}`),
        value: figureText(one),
        parts: partsText(one),
      };
    });
}

function monthTable(codes: IndicatorCode[], months: string[], byMonth: MemberFigures[][]) {
  return {
    head: [t('referral.field.month'), ...codes.map((code) => t(`referral.indicator.${code}`))],
    rows: months.map((month, index) => [
      month,
      ...codes.map((code) => {
        const one = total(byMonth[index] ?? [], code);
        return [figureText(one), partsText(one)].filter(Boolean).join(' ');
      }),
    ]),
  };
}

function FlowChart({ months, byMonth, onMonth }: MonthsProps) {
  const codes: IndicatorCode[] = ['up-received', 'down-sent'];
  const series = codes.map((code) => ({
    type: 'bar' as const,
    name: t(`referral.indicator.${code}`),
    data: byMonth.map((members) => total(members, code).numerator ?? null),
  }));
  const option: ChartProps['option'] = {
    xAxis: { type: 'category', data: months },
    yAxis: { type: 'value', minInterval: 1 },
    series,
    tooltip: hover(monthLines(codes, byMonth)) as ChartProps['option']['tooltip'],
  };
  return (
    <Chart
      title={t('referral.stats.question.flow')}
      unit={t('referral.stats.cases')}
      option={option}
      table={monthTable(codes, months, byMonth)}
      onPick={(mark) => onMonth(months[mark.dataIndex] ?? mark.name)}
    />
  );
}

function RatesChart({ months, byMonth, onMonth }: MonthsProps) {
  const codes: IndicatorCode[] = ['acceptance-rate', 'no-show-rate', 'follow-up-completion'];
  const percent = (members: MemberFigures[], code: IndicatorCode) => {
    const value = total(members, code).per_mille;
    return typeof value === 'number' ? value / 10 : null;
  };
  const option: ChartProps['option'] = {
    xAxis: { type: 'category', data: months },
    yAxis: { type: 'value', min: 0, max: 100 },
    series: codes.map((code) => ({
      type: 'line' as const,
      name: t(`referral.indicator.${code}`),
      data: byMonth.map((members) => percent(members, code)),
    })),
    tooltip: hover(monthLines(codes, byMonth)) as ChartProps['option']['tooltip'],
  };
  return (
    <Chart
      title={t('referral.stats.question.rates')}
      unit="%"
      option={option}
      table={monthTable(codes, months, byMonth)}
      onPick={(mark) => onMonth(months[mark.dataIndex] ?? mark.name)}
    />
  );
}

/** Times of several members have no sum: each member stands for itself. */
function AnswerChart({ members }: { members: MemberFigures[] }) {
  const codes: IndicatorCode[] = ['answer-p50', 'answer-p90'];
  const answered = (member: MemberFigures) => indicatorOf(member, 'answer-p50')?.denominator ?? 0;
  const shown = members
    .filter((member) => isActive(member) && answered(member) > 0)
    .toSorted((a, b) => answered(b) - answered(a))
    .slice(0, MEMBERS_MAX);
  const minutes = (member: MemberFigures, code: IndicatorCode) => {
    const seconds = indicatorOf(member, code)?.seconds;
    return typeof seconds === 'number' ? Math.round(seconds / MINUTE_SECONDS) : null;
  };
  const lines = (at: number) =>
    codes.map((code) => {
      const one = shown[at] && indicatorOf(shown[at], code);
      return {
        name: t(`referral.indicator.${code}`),
        value: figureText(one),
        parts: partsText(one),
      };
    });
  const option: ChartProps['option'] = {
    xAxis: { type: 'value' },
    yAxis: { type: 'category', inverse: true, data: shown.map((member) => member.org_name) },
    series: codes.map((code) => ({
      type: 'bar' as const,
      name: t(`referral.indicator.${code}`),
      data: shown.map((member) => minutes(member, code)),
    })),
    tooltip: hover(lines) as ChartProps['option']['tooltip'],
  };
  return (
    <Chart
      title={t('referral.stats.question.answer')}
      unit={t('referral.stats.minutes')}
      option={option}
      empty={shown.length === 0}
      table={{
        head: [
          t('referral.stats.member'),
          ...codes.map((code) => t(`referral.indicator.${code}`)),
          t('referral.stats.answered-head'),
        ],
        rows: shown.map((member) => [
          member.org_name,
          ...codes.map((code) => figureText(indicatorOf(member, code))),
          answered(member),
        ]),
      }}
    />
  );
}

function RefusalChart({ members }: { members: MemberFigures[] }) {
  const concepts = useConcepts('referral-refusal');
  const counts = new Map<string, number>();
  for (const { code, count } of members.flatMap((member) => member.refusals)) {
    counts.set(code, (counts.get(code) ?? 0) + count);
  }
  const nameOf = (code: string) => {
    const concept = concepts.data?.find((one) => one.code === code);
    return concept ? conceptText(concept) : textOr(code || '—', `referral.reason-code.${code}`);
  };
  const rows = [...counts].toSorted((a, b) => b[1] - a[1]).slice(0, REASONS_MAX);
  const all = [...counts.values()].reduce((a, b) => a + b, 0);
  const share = (count: number) =>
    t('referral.stats.parts', { numerator: count, denominator: all });
  const lines = (at: number) => {
    const count = rows[at]?.[1] ?? 0;
    return [
      { name: '', value: `${((count * 100) / Math.max(1, all)).toFixed(1)}%`, parts: share(count) },
    ];
  };
  const option: ChartProps['option'] = {
    xAxis: { type: 'value', minInterval: 1 },
    yAxis: { type: 'category', inverse: true, data: rows.map(([code]) => nameOf(code)) },
    series: [
      {
        type: 'bar',
        data: rows.map(([, count]) => count),
        label: { show: true, position: 'right', color: 'inherit', textBorderColor: 'transparent' },
      },
    ],
    tooltip: hover(lines) as ChartProps['option']['tooltip'],
  };
  return (
    <Chart
      title={t('referral.stats.question.refusals')}
      unit={t('referral.stats.cases')}
      option={option}
      empty={rows.length === 0}
      table={{
        head: [t('kit.form.reason'), t('referral.stats.cases')],
        rows: rows.map(([code, count]) => [nameOf(code), share(count)]),
      }}
    />
  );
}

import { DatePicker, Select, Tooltip } from 'antd';
import dayjs from 'dayjs';
import { useState } from 'react';
import { serverNow } from '@/api/serverTime';
import { t } from '@/i18n';
import { type Column, DataTable } from '@/kit/DataTable';
import { download } from '@/kit/download';
import { Page, Section } from '@/kit/Page';
import { LinesSkeleton } from '@/kit/Skeletons';
import { ErrorState } from '@/kit/States';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { type Behind, BehindDrawer } from '../parts/BehindDrawer';
import { StatisticsCharts } from '../parts/StatisticsCharts';
import {
  exportQuery,
  figureText,
  INDICATORS,
  type IndicatorCode,
  indicatorOf,
  isActive,
  type MemberFigures,
  monthsUntil,
  partsText,
  total,
  useStatistics,
} from '../statistics';
import '../referral.css';

const FILTERS = { month: text(), org: text() };

/** The referral office's workbench: how much, how fast, how well, and the cases behind it. */
export default function StatisticsPage() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const [behind, setBehind] = useState<Behind | null>(null);
  const month = filters.month ?? dayjs(serverNow()).format('YYYY-MM');
  const months = monthsUntil(month);
  const answers = useStatistics(months);
  const now = answers.at(-1);
  const members = (now?.data?.members ?? []).filter(isActive);
  const chosen = members.filter((member) => !filters.org || member.org_id === filters.org);
  const open = (member: MemberFigures, code: IndicatorCode, part: Behind['part']) =>
    setBehind({ month, org_id: member.org_id, org_name: member.org_name, code, part });
  return (
    <Page
      wide
      title={t('referral.stats.title')}
      tools={
        <div className="lt-row">
          <DatePicker
            picker="month"
            allowClear={false}
            aria-label={t('referral.field.month')}
            value={dayjs(`${month}-01`)}
            disabledDate={(day) => day.isAfter(dayjs(serverNow()), 'month')}
            onChange={(value) => setFilters({ month: value?.format('YYYY-MM') })}
          />
          <Select
            className="referral-stats-member"
            allowClear
            aria-label={t('referral.stats.member')}
            placeholder={t('referral.stats.all-members')}
            showSearch={{ optionFilterProp: 'label' }}
            value={filters.org}
            options={members.map((member) => ({ value: member.org_id, label: member.org_name }))}
            onChange={(org) => setFilters({ org })}
          />
          {now?.data && (
            <span className="lt-muted">
              {t('referral.stats.rules', {
                clocks: now.data.clock_rule_version,
                followUps: now.data.follow_up_rule_version,
              })}
            </span>
          )}
        </div>
      }
    >
      {now?.isPending && <LinesSkeleton rows={10} />}
      {now?.isError && <ErrorState error={now.error} onRetry={() => void now.refetch()} />}
      {now?.data && (
        <>
          <div className="referral-figures">
            {HEADLINE.map((code) => {
              const one = total(chosen, code);
              return (
                <div key={code} className="referral-figure">
                  <span className="lt-muted">{t(`referral.indicator.${code}`)}</span>
                  <b className="lt-figures">{figureText(one)}</b>
                  <span className="lt-muted lt-figures">{partsText(one)}</span>
                </div>
              );
            })}
          </div>
          <StatisticsCharts
            months={months}
            answers={answers.map((answer) => answer.data)}
            org_id={filters.org}
            onMonth={(picked) => setFilters({ month: picked })}
          />
          <Section bare title={t('referral.stats.by-member', { month })}>
            <DataTable<MemberFigures>
              id="referral.statistics"
              label={t('referral.stats.by-member', { month })}
              columns={columns(open)}
              rows={chosen}
              rowKey={(member) => member.org_id}
              onExport={() =>
                void download(
                  '/api/referrals/statistics/export',
                  exportQuery(month, filters.org),
                  `referral-statistics-${month}.xlsx`,
                )
              }
            />
          </Section>
        </>
      )}
      <BehindDrawer behind={behind} onClose={() => setBehind(null)} onPart={setBehind} />
    </Page>
  );
}

const HEADLINE: readonly IndicatorCode[] = [
  'up-received',
  'down-sent',
  'down-up-ratio',
  'acceptance-rate',
  'no-show-rate',
  'follow-up-completion',
];

const USUALLY_HIDDEN = new Set<IndicatorCode>(['exam-received', 'advice-received', 'expiry-rate']);

type Open = (member: MemberFigures, code: IndicatorCode, part: Behind['part']) => void;

function columns(open: Open): Column<MemberFigures>[] {
  const figures = INDICATORS.map(
    (code): Column<MemberFigures> => ({
      key: code,
      title: t(`referral.indicator.${code}`),
      width: 104,
      align: 'right',
      hidden: USUALLY_HIDDEN.has(code),
      render: (member) => {
        const one = indicatorOf(member, code);
        const shown = figureText(one);
        const parts = partsText(one);
        if (shown === '—' || shown === '0') return <span className="lt-muted">{shown}</span>;
        return (
          <Tooltip title={parts}>
            <button
              type="button"
              className="lt-link"
              onClick={() => open(member, code, 'numerator')}
            >
              {shown}
            </button>
          </Tooltip>
        );
      },
    }),
  );
  const name: Column<MemberFigures> = {
    key: 'member',
    title: t('referral.stats.member'),
    width: 180,
    always: true,
    fixed: 'left',
    render: (member) => member.org_name,
  };
  return [name, ...figures];
}

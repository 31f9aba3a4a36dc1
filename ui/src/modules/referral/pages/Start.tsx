import {
  FormOutlined,
  IdcardOutlined,
  MessageOutlined,
  ScheduleOutlined,
  ThunderboltOutlined,
} from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { call, type Page as RowPage } from '@/api/client';
import { useConnection } from '@/api/events';
import { useCan } from '@/api/session';
import { t } from '@/i18n';
import { type ActionTile, ActionTiles } from '@/kit/ActionTiles';
import { useActingOrg } from '@/kit/actingOrg';
import { Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { useGo } from '@/kit/route';
import { EmptyState } from '@/kit/States';
import { readFilters } from '@/kit/urlFilters';
import { rowsOf } from '@/kit/usePages';
import { FILTERS, useCounts, useReferralPages } from '../lists';
import { ReferralPhoneRow } from '../parts/rows';
import type { FollowUp } from '../types';
import '../referral.css';

const RECENT_MAX = 5;

/** A village doctor's home: four large actions, and how one's own requests stand. */
export default function Start() {
  const org = useActingOrg();
  const can = useCan();
  const go = useGo();
  const counts = useCounts();
  const offline = useConnection() === 'offline';
  const due = useDueFollowUps();
  const recent = useReferralPages('outbox', readFilters(FILTERS, ''));
  const rows = rowsOf(recent).slice(0, RECENT_MAX);
  const down = counts.data?.community['down-proposed'] ?? 0;
  const returned = counts.data?.outbox['results-returned'] ?? 0;
  const tiles: ActionTile[] = [
    {
      to: '/record/patients',
      icon: <IdcardOutlined />,
      label: t('referral.start.patient'),
      hint: t('referral.start.patient-hint'),
    },
    {
      to: '/referral/new?kind=up',
      icon: <FormOutlined />,
      label: t('referral.start.refer'),
      hint: t('referral.start.refer-hint'),
    },
    {
      to: '/referral/follow-ups',
      icon: <ScheduleOutlined />,
      label: t('referral.start.follow-up'),
      hint:
        due === undefined
          ? t('referral.start.follow-up-hint')
          : t('referral.start.due', { n: due }),
      tone: due ? 'soon' : undefined,
    },
    {
      to: '/referral/new?kind=advice',
      icon: <MessageOutlined />,
      label: t('referral.start.ask'),
      hint: t('referral.start.ask-hint'),
    },
  ];
  return (
    <Page title={t('referral.start.title')} meta={<span className="lt-muted">{org}</span>}>
      {offline && (
        <p className="referral-alarm" data-tone="soon">
          {t('referral.start.offline')}
        </p>
      )}
      <ActionTiles tiles={tiles} label={t('referral.start.title')} />
      {can('referral.write') && (
        <PathLink to="/referral/new?kind=emergency" className="referral-emergency">
          <ThunderboltOutlined aria-hidden="true" /> {t('referral.start.emergency')}
        </PathLink>
      )}
      {(down > 0 || returned > 0) && (
        <div className="referral-start-notes">
          {down > 0 && (
            <PathLink to="/referral?box=inbox&state=down-proposed">
              {t('referral.start.down', { n: down })}
            </PathLink>
          )}
          {returned > 0 && (
            <PathLink to="/referral?box=outbox&state=results-returned">
              {t('referral.start.returned', { n: returned })}
            </PathLink>
          )}
        </div>
      )}
      <Section title={t('referral.start.recent')}>
        {recent.isSuccess && rows.length === 0 && <EmptyState title={t('referral.start.none')} />}
        <ul className="lt-phone-rows">
          {rows.map((row) => (
            <li key={row.id}>
              <button type="button" onClick={() => go(`/referral/${row.id}`)}>
                <ReferralPhoneRow row={row} box="outbox" />
              </button>
            </li>
          ))}
        </ul>
      </Section>
    </Page>
  );
}

/** How many follow-ups are due today or late. */
function useDueFollowUps(): number | undefined {
  const list = useQuery({
    queryKey: ['follow-up', 'due'],
    queryFn: ({ signal }) =>
      call<RowPage<FollowUp>>('GET', '/api/referrals/follow-ups', { query: { limit: 50 }, signal }),
  });
  return list.data?.items.filter((row) => Date.parse(row.due_on) <= Date.now()).length;
}

import { LeftOutlined, RightOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, Select } from 'antd';
import dayjs from 'dayjs';
import { call, type Page as Rows } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { t } from '@/i18n';
import { download } from '@/kit/download';
import { usePhone } from '@/kit/media';
import { OrgSelect } from '@/kit/OrgSelect';
import { Page } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { SidePreview } from '@/kit/SidePreview';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { useNow } from '@/kit/time';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { useBoardOrg, useDepartments } from '../queries';
import type { Session } from '../types';
import { calendarRows, daysFrom, mondayOf, WEEK_DAYS } from '../week';
import { ExportButton } from './ExportButton';
import { ResourceTabs } from './ResourceTabs';
import { SessionCell } from './SessionCell';
import { SessionPanel } from './SessionPanel';
import '../resources.css';

const FILTERS = { org_id: text(), department_id: text(), week: text(), session: text() };
const PAGE_MAX = 200;
const PAGES_MAX = 6;

/** Sessions of a week with how full they are. Live. */
export default function SlotCalendar() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const org_id = useBoardOrg(filters.org_id);
  const orgName = useOrgName();
  const now = useNow();
  const phone = usePhone();
  const first = phone
    ? (filters.week ?? dayjs(now).format('YYYY-MM-DD'))
    : mondayOf(filters.week, now);
  const days = daysFrom(first, phone ? 1 : WEEK_DAYS);
  const last = days.at(-1) ?? first;
  const departments = useDepartments(org_id);
  const sessions = useQuery({
    queryKey: ['clinic-session', org_id, filters.department_id, first, last],
    queryFn: ({ signal }) =>
      readSessions({ org_id, department_id: filters.department_id, from: first, to: last }, signal),
    meta: { follows: ['hold', 'schedule-template'] },
  });
  const rows = calendarRows(sessions.data ?? [], days);
  const move = (step: number) =>
    setFilters({
      week: dayjs(first)
        .add(step * days.length, 'day')
        .format('YYYY-MM-DD'),
    });
  return (
    <Page
      wide
      title={t('resources.slots.title')}
      meta={<span className="lt-muted">{orgName(org_id)}</span>}
      actions={
        <>
          <PathLink to="/resources/templates">{t('resources.templates.title')}</PathLink>
          <ExportButton
            onClick={() =>
              void download(
                '/api/resources/sessions/export',
                { org_id, department_id: filters.department_id, from: first, to: last },
                'sessions.xlsx',
              )
            }
          />
        </>
      }
      tools={
        <>
          <ResourceTabs />
          <div className="lt-filter-fields">
            <Button
              icon={<LeftOutlined />}
              aria-label={t('resources.slots.before')}
              onClick={() => move(-1)}
            />
            <Button onClick={() => setFilters({ week: undefined })}>
              {t(phone ? 'kit.time.today' : 'resources.slots.this-week')}
            </Button>
            <Button
              icon={<RightOutlined />}
              aria-label={t('resources.slots.after')}
              onClick={() => move(1)}
            />
            <span className="lt-figures">{phone ? first : `${first} – ${last}`}</span>
            <OrgSelect
              className="resources-org"
              providersOnly
              aria-label={t('resources.org')}
              value={org_id}
              onChange={(next) => setFilters({ org_id: next, department_id: undefined })}
            />
            <Select
              className="resources-org"
              allowClear
              aria-label={t('resources.department')}
              placeholder={t('resources.department')}
              options={departments.data ?? []}
              value={filters.department_id}
              onChange={(department_id) => setFilters({ department_id })}
              showSearch={{ optionFilterProp: 'label' }}
            />
          </div>
        </>
      }
    >
      {sessions.isPending && <LinesSkeleton rows={12} />}
      {sessions.isError && !sessions.data && (
        <ErrorState error={sessions.error} onRetry={() => void sessions.refetch()} />
      )}
      {sessions.data && rows.length === 0 && (
        <EmptyState title={t('resources.slots.none')} hint={t('resources.slots.none-hint')} />
      )}
      {rows.length > 0 && (
        <div
          className="resources-week"
          role="region"
          aria-label={t('resources.slots.title')}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
          tabIndex={0}
        >
          <table>
            <thead>
              <tr>
                <th scope="col">{t('resources.slots.clinic')}</th>
                {days.map((day) => (
                  <th key={day} scope="col" data-today={dayjs(day).isSame(now, 'day')}>
                    {dayjs(day).format('MM-DD ddd')}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.key}>
                  <th scope="row">
                    {row.name}
                    <div className="lt-muted">{row.practitioner}</div>
                  </th>
                  {row.days.map((day, index) => (
                    <td key={days[index]}>
                      {day.map((session) => (
                        <SessionCell
                          key={session.id}
                          session={session}
                          chosen={session.id === filters.session}
                          onChoose={() => setFilters({ session: session.id })}
                        />
                      ))}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <SidePreview
        open={Boolean(filters.session)}
        onClose={() => setFilters({ session: undefined })}
        title={t('resources.slots.session')}
        width={560}
      >
        {filters.session && <SessionPanel id={filters.session} />}
      </SidePreview>
    </Page>
  );
}

/** A week of a large hospital is more than one page. */
async function readSessions(
  query: Record<string, string | undefined>,
  signal: AbortSignal,
): Promise<Session[]> {
  const all: Session[] = [];
  let after: string | undefined;
  for (let page = 0; page < PAGES_MAX; page++) {
    const answer = await call<Rows<Session>>('GET', '/api/resources/sessions', {
      query: { ...query, after, limit: PAGE_MAX },
      signal,
    });
    all.push(...answer.items);
    if (!answer.next) break;
    after = answer.next;
  }
  return all;
}

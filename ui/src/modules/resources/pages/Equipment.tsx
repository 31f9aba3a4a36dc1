import { LeftOutlined, RightOutlined } from '@ant-design/icons';
import { useQuery } from '@tanstack/react-query';
import { Button, DatePicker, Select } from 'antd';
import dayjs from 'dayjs';
import { call } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { t } from '@/i18n';
import { OrgSelect } from '@/kit/OrgSelect';
import { Page, Section } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { SidePreview } from '@/kit/SidePreview';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { useNow } from '@/kit/time';
import { text, useUrlFilters } from '@/kit/urlFilters';
import { windowOf } from '../lanes';
import { useBoardOrg } from '../queries';
import type { Lane } from '../types';
import { DeviceButton } from './EquipmentForm';
import { EquipmentPanel } from './EquipmentPanel';
import { LaneRow, LaneScale } from './LaneRow';
import { ResourceTabs } from './ResourceTabs';
import '../forms.css';
import '../resources.css';

const FILTERS = { org_id: text(), kind: text(), date: text(), device: text() };

/** Devices as lanes of one day: booked, in maintenance, idle. Live. */
export default function Equipment() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const org_id = useBoardOrg(filters.org_id);
  const orgName = useOrgName();
  const now = useNow();
  const date = filters.date ?? dayjs(now).format('YYYY-MM-DD');
  const lanes = useQuery({
    queryKey: ['equipment', 'lanes', org_id, date],
    queryFn: ({ signal }) =>
      call<Lane[]>('GET', '/api/resources/equipment/lanes', { query: { org_id, date }, signal }),
    meta: { follows: ['hold', 'maintenance'] },
  });
  const all = lanes.data ?? [];
  const kinds = [...new Set(all.map((lane) => lane.equipment.kind))].sort();
  const rows = all.filter((lane) => !filters.kind || lane.equipment.kind === filters.kind);
  const window = windowOf(rows, date);
  const chosen = all.find((lane) => lane.equipment.id === filters.device);
  const move = (days: number) =>
    setFilters({ date: dayjs(date).add(days, 'day').format('YYYY-MM-DD') });
  return (
    <Page
      wide
      title={t('resources.equipment.title')}
      meta={<span className="lt-muted">{orgName(org_id)}</span>}
      actions={
        <>
          <PathLink to="/resources/idle">{t('resources.idle.title')}</PathLink>
          <DeviceButton org_id={org_id} onDone={() => void lanes.refetch()} />
        </>
      }
      tools={
        <>
          <ResourceTabs />
          <div className="lt-filter-fields">
            <Button
              icon={<LeftOutlined />}
              aria-label={t('resources.equipment.day-before')}
              onClick={() => move(-1)}
            />
            <DatePicker
              aria-label={t('resources.equipment.day')}
              allowClear={false}
              value={dayjs(date)}
              onChange={(day) => setFilters({ date: day?.format('YYYY-MM-DD') })}
            />
            <Button
              icon={<RightOutlined />}
              aria-label={t('resources.equipment.day-after')}
              onClick={() => move(1)}
            />
            <OrgSelect
              className="resources-org"
              providersOnly
              aria-label={t('resources.org')}
              value={org_id}
              onChange={(next) => setFilters({ org_id: next, device: undefined })}
            />
            <Select
              className="resources-kind"
              allowClear
              aria-label={t('resources.equipment.kind')}
              placeholder={t('resources.equipment.kind')}
              options={kinds.map((value) => ({ value, label: value }))}
              value={filters.kind}
              onChange={(kind) => setFilters({ kind })}
            />
            <Legend />
          </div>
        </>
      }
    >
      {lanes.isPending && <LinesSkeleton rows={8} />}
      {lanes.isError && !lanes.data && (
        <ErrorState error={lanes.error} onRetry={() => void lanes.refetch()} />
      )}
      {lanes.data && rows.length === 0 && (
        <EmptyState
          title={t('resources.equipment.none')}
          hint={t('resources.equipment.none-hint')}
        />
      )}
      {rows.length > 0 && (
        <Section>
          <div className="resources-lanes">
            <LaneScale window={window} />
            {rows.map((lane) => (
              <LaneRow
                key={lane.equipment.id}
                lane={lane}
                date={date}
                window={window}
                now={now}
                chosen={lane.equipment.id === filters.device}
                onChoose={() => setFilters({ device: lane.equipment.id })}
              />
            ))}
          </div>
        </Section>
      )}
      <SidePreview
        open={Boolean(chosen)}
        onClose={() => setFilters({ device: undefined })}
        title={chosen?.equipment.name}
        width={560}
      >
        {chosen && <EquipmentPanel lane={chosen} onDone={() => void lanes.refetch()} />}
      </SidePreview>
    </Page>
  );
}

function Legend() {
  return (
    <span className="resources-legend lt-muted">
      {['open', 'green', 'hold', 'maintenance'].map((piece) => (
        <span key={piece}>
          <i data-piece={piece} aria-hidden="true" /> {t(`resources.piece.${piece}`)}
        </span>
      ))}
    </span>
  );
}

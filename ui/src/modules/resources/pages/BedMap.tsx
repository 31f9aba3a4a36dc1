import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { call } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { useSession } from '@/api/session';
import { t } from '@/i18n';
import { download } from '@/kit/download';
import { FilterBar } from '@/kit/FilterBar';
import { OrgSelect } from '@/kit/OrgSelect';
import { Page, Section } from '@/kit/Page';
import { SidePreview } from '@/kit/SidePreview';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { choice, flag, text, useUrlFilters } from '@/kit/urlFilters';
import { BED_LOOKS, bedLook, useBoardOrg } from '../queries';
import type { Bed, BedMap as Map_, Ward } from '../types';
import { BedCell } from './BedCell';
import { BedPanel } from './BedPanel';
import { ExportButton } from './ExportButton';
import { ResourceTabs } from './ResourceTabs';
import { NewWard, useKeepsWards, WardActions } from './WardActions';
import '../forms.css';
import '../resources.css';

const FILTERS = {
  org_id: text(),
  state: choice(BED_LOOKS),
  sex: choice(['male', 'female'] as const),
  isolation: flag(),
  bed: text(),
};

/** Every bed of a member by ward: free or not, for whom, until when. Live. */
export default function BedMap() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const org_id = useBoardOrg(filters.org_id);
  const mine = useSession().assignment.org_id;
  const orgName = useOrgName();
  const map = useQuery({
    queryKey: ['bed', 'map', org_id],
    queryFn: ({ signal }) =>
      call<Map_>('GET', '/api/resources/beds', { query: { org_id }, signal }),
    meta: { follows: ['hold', 'ward'] },
  });
  const keepsWards = useKeepsWards(org_id);
  const beds = map.data?.beds ?? [];
  const shown = beds.filter((bed) => isShown(bed, filters));
  const chosen = beds.find((bed) => bed.id === filters.bed);
  const count = (state: string) => beds.filter((bed) => bedLook(bed) === state).length;
  return (
    <Page
      wide
      title={t('resources.beds.title')}
      meta={<span className="lt-muted">{orgName(org_id)}</span>}
      actions={
        <>
          <ExportButton
            onClick={() => void download('/api/resources/beds/export', { org_id }, 'beds.xlsx')}
          />
          <NewWard org_id={org_id} onDone={() => void map.refetch()} />
        </>
      }
      tools={
        <>
          <ResourceTabs />
          <FilterBar
            spec={FILTERS}
            values={filters}
            onChange={setFilters}
            views={[
              {
                key: 'all',
                label: t('kit.filter.all'),
                count: beds.length,
                filters: { org_id: filters.org_id },
              },
              ...BED_LOOKS.map((state) => ({
                key: state,
                label: t(`resources.bed-state.${state}`),
                count: count(state),
                filters: { org_id: filters.org_id, state },
              })),
            ]}
            fields={[
              {
                kind: 'other',
                name: 'org_id',
                label: t('resources.org'),
                shown: filters.org_id && filters.org_id !== mine ? orgName(org_id) : undefined,
                control: (
                  <OrgSelect
                    className="resources-org"
                    providersOnly
                    aria-label={t('resources.org')}
                    value={org_id}
                    onChange={(next) =>
                      setFilters({ org_id: next === mine ? undefined : next, bed: undefined })
                    }
                  />
                ),
              },
              {
                kind: 'choice',
                name: 'sex',
                label: t('resources.beds.for-sex'),
                options: ['male', 'female'].map((value) => ({
                  value,
                  label: t(`resources.sex.${value}`),
                })),
              },
              { kind: 'flag', name: 'isolation', label: t('resources.isolation') },
            ]}
          />
        </>
      }
    >
      {map.isPending && <LinesSkeleton rows={12} />}
      {map.isError && !map.data && (
        <ErrorState error={map.error} onRetry={() => void map.refetch()} />
      )}
      {map.data?.wards.length === 0 && (
        <EmptyState title={t('resources.beds.none')} hint={t('resources.beds.none-hint')} />
      )}
      {map.data?.wards.map((ward) => (
        <WardBeds
          key={ward.id}
          ward={ward}
          beds={shown.filter((bed) => bed.ward_id === ward.id)}
          chosen={filters.bed}
          onChoose={(bed) => setFilters({ bed: bed.id })}
          actions={
            keepsWards && (
              <WardActions
                ward={ward}
                beds={beds.filter((bed) => bed.ward_id === ward.id)}
                onDone={() => void map.refetch()}
              />
            )
          }
        />
      ))}
      <SidePreview
        open={Boolean(chosen)}
        onClose={() => setFilters({ bed: undefined })}
        title={chosen && t('resources.beds.bed', { code: chosen.code })}
      >
        {chosen && (
          <BedPanel
            bed={chosen}
            ward={map.data?.wards.find((ward) => ward.id === chosen.ward_id)}
            onDone={() => void map.refetch()}
          />
        )}
      </SidePreview>
    </Page>
  );
}

interface BedFilters {
  state?: string;
  sex?: string;
  isolation?: boolean;
}

/** A bed for men or women is one that takes them; who lies in it already does not matter. */
export function isShown(bed: Bed, filters: BedFilters): boolean {
  if (filters.state && bedLook(bed) !== filters.state) return false;
  if (filters.isolation && !bed.isolation) return false;
  return !filters.sex || bed.sex_rule === 'any' || bed.sex_rule === filters.sex;
}

interface WardBedsProps {
  ward: Ward;
  beds: Bed[];
  chosen?: string;
  onChoose: (bed: Bed) => void;
  /** For those who keep the ward; it is then shown without beds too. */
  actions?: ReactNode;
}

function WardBeds({ ward, beds, chosen, onChoose, actions }: WardBedsProps) {
  if (beds.length === 0 && !(actions && ward.beds_total === 0)) return null;
  return (
    <Section
      title={
        <span className="lt-row">
          {ward.name}
          {ward.state === 'closed' && (
            <StatusTag tone="neutral" label={t('resources.bed-state.closed')} />
          )}
        </span>
      }
      extra={
        <span className="lt-row">
          <span className="lt-muted lt-figures">
            {t('resources.beds.ward-counts', {
              total: ward.beds_total,
              open: ward.beds_open,
              held: ward.beds_held,
              occupied: ward.beds_occupied,
            })}
          </span>
          {actions}
        </span>
      }
    >
      <ul className="resources-beds" aria-label={ward.name}>
        {beds.map((bed) => (
          <li key={bed.id}>
            <BedCell bed={bed} chosen={bed.id === chosen} onChoose={() => onChoose(bed)} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

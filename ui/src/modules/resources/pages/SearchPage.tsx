import { useQuery } from '@tanstack/react-query';
import { Segmented, Select } from 'antd';
import { useState } from 'react';
import { call } from '@/api/client';
import { useOrgName } from '@/api/organizations';
import { t } from '@/i18n';
import { AsyncSelect } from '@/kit/AsyncSelect';
import { DataTable } from '@/kit/DataTable';
import { DateTime } from '@/kit/DateTime';
import { Money } from '@/kit/Money';
import { Page } from '@/kit/Page';
import { PathLink } from '@/kit/PathLink';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { StatusTag } from '@/kit/StatusTag';
import { spanText, useNow } from '@/kit/time';
import {
  choice,
  type FilterValues,
  flag,
  type SetFilters,
  text,
  useUrlFilters,
} from '@/kit/urlFilters';
import { conceptOptions, distanceText, useSpecialtyName } from '../queries';
import { CHANNELS, type Offer, PLACE_KINDS, type PlaceKind } from '../types';
import { WINDOWS, type WindowName, windowMoments } from '../windows';
import { HoldButton } from './HoldButton';
import { ResourceTabs } from './ResourceTabs';
import '../resources.css';

const SORTS = ['wait', 'distance', 'price'] as const;
const FILTERS = {
  kind: choice(PLACE_KINDS),
  specialty: text(),
  sex: choice(['male', 'female'] as const),
  isolation: flag(),
  equipment_kind: text(),
  exam: text(),
  window: choice(WINDOWS),
  channel: choice(CHANNELS),
  sort: choice(SORTS),
};
type Filters = FilterValues<typeof FILTERS>;
type Setter = SetFilters<typeof FILTERS>;

const EQUIPMENT_KINDS = ['CT', 'MR', 'US', 'DR', 'ES', 'ECG', 'MG', 'RF', 'NM', 'PF', 'EMG'];
const MINUTE_MS = 60_000;
/** How long a gap must be where no examination says it. */
const EXAM_MINUTES_USUAL = 15;
const NEUROLOGY = '03.03';
const CARDIOLOGY = '03.04';

/** Questions that people ask every day, ready to press. */
const QUESTIONS: { label: string; filters: Partial<Filters> }[] = [
  {
    label: 'resources.ask.cardiology',
    filters: { kind: 'slot', specialty: CARDIOLOGY, window: 'days3' },
  },
  {
    label: 'resources.ask.neurology',
    filters: { kind: 'bed', specialty: NEUROLOGY, sex: 'female' },
  },
  {
    label: 'resources.ask.ct',
    filters: { kind: 'equipment', equipment_kind: 'CT', window: 'afternoon' },
  },
];
const NOTHING: Partial<Filters> = {
  kind: undefined,
  specialty: undefined,
  sex: undefined,
  isolation: false,
  equipment_kind: undefined,
  exam: undefined,
  window: undefined,
};

/** One search over the group: what is free, where, how soon, how far, at what price. */
export default function SearchPage() {
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const kind = filters.kind ?? 'slot';
  const asked = kind === 'equipment' ? filters.equipment_kind : filters.specialty;
  return (
    <Page
      wide
      title={t('resources.search.title')}
      tools={
        <>
          <ResourceTabs />
          <div className="lt-stack resources-search">
            <div className="lt-row">
              <span className="lt-muted">{t('resources.ask.try')}</span>
              {QUESTIONS.map((question) => (
                <button
                  key={question.label}
                  type="button"
                  className="lt-view"
                  onClick={() => setFilters({ ...NOTHING, ...question.filters })}
                >
                  {t(question.label)}
                </button>
              ))}
            </div>
            <Fields kind={kind} filters={filters} setFilters={setFilters} />
          </div>
        </>
      }
    >
      {asked ? (
        <Offers kind={kind} filters={filters} />
      ) : (
        <EmptyState
          title={t(`resources.search.ask-${kind}`)}
          hint={t('resources.search.ask-hint')}
        />
      )}
    </Page>
  );
}

interface FieldsProps {
  kind: PlaceKind;
  filters: Filters;
  setFilters: Setter;
}

function Fields({ kind, filters, setFilters }: FieldsProps) {
  const specialty = useSpecialtyName();
  const select = (
    name: 'window' | 'channel' | 'sort' | 'sex',
    options: readonly string[],
    group: string,
  ) => (
    <Select
      className="resources-field"
      aria-label={t(`resources.field.${name}`)}
      placeholder={t(`resources.field.${name}`)}
      allowClear
      options={options.map((value) => ({ value, label: t(`resources.${group}.${value}`) }))}
      value={filters[name] as string}
      onChange={(value) => setFilters({ [name]: value ?? undefined })}
    />
  );
  return (
    <div className="lt-filter-fields">
      <Segmented
        value={kind}
        options={PLACE_KINDS.map((value) => ({ value, label: t(`resources.kind.${value}`) }))}
        onChange={(value) => setFilters({ kind: value })}
      />
      {kind === 'equipment' ? (
        <>
          <Select
            className="resources-kind"
            aria-label={t('resources.equipment.kind')}
            placeholder={t('resources.equipment.kind')}
            options={EQUIPMENT_KINDS.map((value) => ({
              value,
              label: `${value} ${t(`resources.modality.${value}`)}`,
            }))}
            value={filters.equipment_kind}
            onChange={(equipment_kind) => setFilters({ equipment_kind, exam: undefined })}
          />
          <AsyncSelect
            className="resources-org"
            allowClear
            queryKey={['terminology', 'exam', 'pick']}
            loadOptions={conceptOptions('exam')}
            aria-label={t('resources.exam')}
            placeholder={t('resources.exam')}
            value={filters.exam}
            onChange={(exam) => setFilters({ exam })}
          />
        </>
      ) : (
        <AsyncSelect
          className="resources-org"
          allowClear
          queryKey={['terminology', 'specialty', 'pick']}
          loadOptions={conceptOptions('specialty')}
          initial={
            filters.specialty
              ? { value: filters.specialty, label: specialty(filters.specialty) }
              : undefined
          }
          aria-label={t('resources.specialty')}
          placeholder={t('resources.specialty')}
          value={filters.specialty}
          onChange={(code) => setFilters({ specialty: code })}
        />
      )}
      {kind === 'bed' && select('sex', ['male', 'female'], 'sex')}
      {kind === 'bed' && (
        <button
          type="button"
          className="lt-view"
          aria-pressed={filters.isolation}
          onClick={() => setFilters({ isolation: !filters.isolation })}
        >
          {t('resources.isolation')}
        </button>
      )}
      {kind !== 'bed' && select('window', WINDOWS, 'window')}
      {select('channel', CHANNELS, 'channels')}
      {select('sort', SORTS, 'sort')}
    </div>
  );
}

function Offers({ kind, filters }: { kind: PlaceKind; filters: Filters }) {
  const now = useNow();
  const specialty = useSpecialtyName();
  const orgName = useOrgName();
  const [minute, setMinute] = useState(() => Math.floor(now / MINUTE_MS));
  const usual: WindowName = kind === 'bed' ? 'today' : 'days7';
  const query = {
    kind,
    specialty: kind === 'equipment' ? undefined : filters.specialty,
    sex: kind === 'bed' ? filters.sex : undefined,
    isolation: kind === 'bed' && filters.isolation ? true : undefined,
    equipment_kind: kind === 'equipment' ? filters.equipment_kind : undefined,
    exam: kind === 'equipment' ? filters.exam : undefined,
    minutes: kind === 'equipment' && !filters.exam ? EXAM_MINUTES_USUAL : undefined,
    channel: filters.channel,
    sort: filters.sort,
    ...windowMoments(filters.window ?? usual, minute * MINUTE_MS),
  };
  const found = useQuery({
    queryKey: ['place', 'search', query],
    queryFn: ({ signal }) =>
      call<{ offers: Offer[] }>('GET', '/api/resources/search', { query, signal }),
    meta: { follows: ['hold', 'bed', 'clinic-session', 'equipment', 'maintenance'] },
  });
  if (found.isPending) return <LinesSkeleton rows={8} />;
  if (found.isError) {
    return (
      <ErrorState
        error={found.error}
        onRetry={() => {
          setMinute(Math.floor(Date.now() / MINUTE_MS));
          void found.refetch();
        }}
      />
    );
  }
  const wait = `/resources/waitlist?new=1&kind=${kind}&key=${query.specialty ?? query.equipment_kind ?? ''}`;
  return (
    <DataTable<Offer>
      id={`resources.search.${kind}`}
      label={t('resources.search.title')}
      rows={found.data.offers}
      rowKey={(offer) => JSON.stringify(offer.place)}
      quiet
      empty={
        <EmptyState
          title={t('resources.search.none')}
          hint={t('resources.search.none-hint')}
          action={<PathLink to={wait}>{t('resources.waitlist.join')}</PathLink>}
        />
      }
      tools={
        <span className="lt-muted">
          {t('resources.search.count', { n: found.data.offers.length })}
        </span>
      }
      columns={[
        {
          key: 'org',
          title: t('resources.org'),
          width: 150,
          always: true,
          render: (offer) => orgName(offer.org_id),
        },
        {
          key: 'name',
          title: t('resources.place'),
          width: 154,
          always: true,
          render: (offer) => offer.name,
        },
        {
          key: 'practitioner',
          title: t('resources.practitioner'),
          width: 84,
          hidden: kind !== 'slot',
          render: (offer) => offer.practitioner ?? '—',
        },
        {
          key: 'specialty',
          title: t('resources.specialty'),
          width: 116,
          hidden: kind === 'equipment',
          render: (offer) => specialty(offer.specialty),
        },
        {
          key: 'start',
          title: t('resources.time'),
          width: 150,
          render: (offer) =>
            kind === 'bed' ? t('resources.now') : <DateTime at={offer.start_at} />,
        },
        {
          key: 'wait',
          title: t('resources.wait'),
          width: 104,
          render: (offer) =>
            offer.wait_minutes <= 0 ? t('resources.now') : spanText(offer.wait_minutes * MINUTE_MS),
        },
        {
          key: 'distance',
          title: t('resources.distance'),
          width: 92,
          align: 'right',
          render: (offer) => distanceText(offer.distance_meters),
        },
        {
          key: 'price',
          title: t('resources.price'),
          width: 84,
          align: 'right',
          render: (offer) => <Money fen={offer.price} />,
        },
        {
          key: 'channel',
          title: t('resources.channel'),
          width: 84,
          render: (offer) => (
            <StatusTag
              plain
              tone={offer.channel === 'green' ? 'emergency' : 'neutral'}
              label={t(`resources.channel-short.${offer.channel}`)}
            />
          ),
        },
        {
          key: 'preparation',
          title: t('resources.preparation'),
          width: 220,
          hidden: kind !== 'equipment',
          render: (offer) => offer.preparation ?? '—',
        },
        {
          key: 'hold',
          title: <span className="lt-visually-hidden">{t('kit.table.actions')}</span>,
          width: 76,
          always: true,
          align: 'right',
          fixed: 'right',
          render: (offer) => <HoldOffer offer={offer} filters={filters} />,
        },
      ]}
      phoneRow={(offer) => (
        <>
          <strong>{orgName(offer.org_id)}</strong> {offer.name}
          <div className="lt-muted">
            {kind === 'bed' ? t('resources.now') : <DateTime at={offer.start_at} />} ·{' '}
            {distanceText(offer.distance_meters)} · <Money fen={offer.price} />
          </div>
          <HoldOffer offer={offer} filters={filters} />
        </>
      )}
    />
  );
}

function HoldOffer({ offer, filters }: { offer: Offer; filters: Filters }) {
  return (
    <HoldButton
      place={offer.place}
      name={offer.name}
      org={offer.org_name}
      start_at={offer.place.kind === 'bed' ? null : offer.start_at}
      channel={filters.channel}
      sex={filters.sex}
    />
  );
}

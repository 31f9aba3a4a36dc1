import { PlusOutlined } from '@ant-design/icons';
import { Button, Segmented } from 'antd';
import { useState } from 'react';
import { useCan, useSession } from '@/api/session';
import { t } from '@/i18n';
import { DataTable } from '@/kit/DataTable';
import { FilterBar, type FilterField } from '@/kit/FilterBar';
import { usePhone } from '@/kit/media';
import { Page } from '@/kit/Page';
import { useGo } from '@/kit/route';
import { countFilters, useUrlFilters } from '@/kit/urlFilters';
import { rowsOf } from '@/kit/usePages';
import {
  BOX,
  BOXES,
  exportUrl,
  FILTERS,
  useCounts,
  useDefaultBox,
  useReferralPages,
  viewsOf,
} from '../lists';
import { BulkReview } from '../parts/BulkReview';
import { CasePreview } from '../parts/CasePreview';
import { PrintList } from '../parts/PrintList';
import { ReferralPhoneRow, referralColumns } from '../parts/rows';
import { KINDS, PRIORITIES, type ReferralRow, STATES } from '../types';
import { isEnded, kindText, stateText } from '../words';
import '../referral.css';

function fields(): FilterField[] {
  const option = (value: string, label: string) => ({ value, label });
  const states = STATES.filter((state) => state !== 'draft');
  return [
    { kind: 'search', name: 'q', label: t('referral.filter.q') },
    {
      kind: 'list',
      name: 'state',
      label: t('referral.field.state'),
      options: states.map((state) => option(state, stateText(state))),
    },
    {
      kind: 'list',
      name: 'kind',
      label: t('referral.field.kind'),
      options: KINDS.map((kind) => option(kind, kindText(kind))),
    },
    {
      kind: 'choice',
      name: 'priority',
      label: t('referral.field.priority'),
      options: PRIORITIES.map((word) => option(word, t(`referral.priority.${word}`))),
    },
    { kind: 'dates', name: 'from', to: 'to', label: t('referral.filter.dates') },
  ];
}

/** What others ask of us, and what we asked of others. */
export default function ReferralList() {
  const fallback = useDefaultBox();
  const [{ box: chosen }, setBox] = useUrlFilters(BOX);
  const box = chosen ?? fallback;
  const [filters, setFilters] = useUrlFilters(FILTERS);
  const counts = useCounts();
  const pages = useReferralPages(box, filters);
  const can = useCan();
  const { permissions } = useSession();
  const phone = usePhone();
  const go = useGo();
  const [selected, setSelected] = useState<string[]>([]);
  const [preview, setPreview] = useState<string | null>(null);
  const rows = rowsOf(pages);
  const picked = rows.filter((row) => selected.includes(row.id));
  const wide = !['own', 'department', 'org'].includes(permissions['referral.read'] ?? 'org');
  const boxes = BOXES.filter((value) => value !== 'all-below' || wide).map((value) => ({
    value,
    label: t(`referral.box.${value}`),
  }));
  return (
    <Page
      wide
      title={t('referral.title')}
      meta={
        <Segmented
          value={box}
          options={boxes}
          aria-label={t('referral.box.label')}
          onChange={(value) => {
            setSelected([]);
            setBox({ box: value === fallback ? undefined : value });
          }}
        />
      }
      actions={
        can('referral.write') && (
          <Button type="primary" icon={<PlusOutlined />} onClick={() => go('/referral/new')}>
            {t('referral.new')}
          </Button>
        )
      }
      tools={
        <FilterBar
          spec={FILTERS}
          values={filters}
          onChange={setFilters}
          fields={fields()}
          views={viewsOf(box, counts.data)}
        />
      }
    >
      <DataTable<ReferralRow>
        id={`referral.${box}`}
        label={t(`referral.box.${box}`)}
        columns={referralColumns(box)}
        pages={pages}
        rowKey={(row) => row.id}
        onOpen={(row) => setPreview(row.id)}
        onMove={(row) => preview && setPreview(row.id)}
        keys={{ o: (row) => go(`/referral/${row.id}`) }}
        selected={selected}
        onSelect={can('referral.decide') && box !== 'outbox' ? setSelected : undefined}
        rowTone={toneOf}
        onExport={
          can('referral.export') ? () => window.location.assign(exportUrl(box, filters)) : undefined
        }
        filtered={countFilters(FILTERS, filters) > 0}
        onClearFilters={() =>
          setFilters({
            q: undefined,
            view: undefined,
            state: [],
            kind: [],
            priority: undefined,
            overdue: false,
            from: undefined,
            to: undefined,
          })
        }
        phoneRow={(row) => <ReferralPhoneRow row={row} box={box} />}
        tools={
          <>
            {picked.length > 0 && <BulkReview rows={picked} onDone={() => setSelected([])} />}
            {picked.length === 0 && !phone && (
              <span className="lt-muted">{t('referral.list.keys')}</span>
            )}
            <PrintList rows={picked.length > 0 ? picked : rows} box={box} />
          </>
        }
      />
      <CasePreview id={preview} onClose={() => setPreview(null)} />
    </Page>
  );
}

function toneOf(row: ReferralRow): string | undefined {
  if (isEnded(row.state)) return undefined;
  if (row.overdue) return 'overdue';
  return row.kind === 'emergency' || row.priority === 'emergency' ? 'emergency' : undefined;
}

/** Results over time: a row for each code and unit, a column for each moment. */
import { LineChartOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useMemo } from 'react';
import { t } from '@/i18n';
import { Section } from '@/kit/Page';
import { LinesSkeleton } from '@/kit/Skeletons';
import { EmptyState, ErrorState } from '@/kit/States';
import { dateText } from '@/kit/time';
import { choice, text, useUrlFilters } from '@/kit/urlFilters';
import {
  CATEGORIES,
  type Category,
  type Cell,
  membersOf,
  pointsOf,
  type Sheet,
  type SheetColumn,
  type SheetRow,
  sheetOf,
} from '../fhir/flowsheet';
import { useObservations } from '../fhir/useObservations';
import { FlagMark } from './FlagMark';
import { ReadOn } from './ReadOn';
import { Trend } from './Trend';

const PLACE = { place: text(), group: choice(CATEGORIES), row: text() };

export function Flowsheet({ patient_id }: { patient_id: string }) {
  const { observations, context, pages } = useObservations(patient_id);
  const [place, setPlace] = useUrlFilters(PLACE);
  const members = useMemo(() => membersOf(observations, context), [observations, context]);
  const sheet = useMemo(
    () => sheetOf(observations, context, place.place),
    [observations, context, place.place],
  );
  const groups = CATEGORIES.filter((one) => sheet.rows.some((row) => row.category === one));
  const shown = narrowed(
    sheet,
    groups.find((one) => one === place.group),
  );
  const chosen = shown.rows.find((row) => row.key === place.row);
  if (pages.isPending) {
    return (
      <Section>
        <LinesSkeleton rows={10} />
      </Section>
    );
  }
  if (!pages.data) {
    return (
      <Section>
        <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />
      </Section>
    );
  }
  return (
    <Section>
      <div className="record-sheet-tools">
        <Pills
          label={t('record.chart.member')}
          all={t('record.sheet.all-members')}
          options={members.map(({ org_id, org }) => ({
            value: org_id,
            label: org || t('record.chart.source-unknown'),
          }))}
          value={place.place}
          onChange={(value) => setPlace({ place: value })}
        />
        <Pills
          label={t('record.sheet.group')}
          all={t('record.sheet.all-groups')}
          options={groups.map((value) => ({ value, label: t(`record.sheet.category.${value}`) }))}
          value={place.group}
          onChange={(value) => setPlace({ group: value as Category | undefined })}
        />
      </div>
      {chosen && <Trend row={chosen} sheet={shown} onClose={() => setPlace({ row: undefined })} />}
      {shown.rows.length === 0 ? (
        <EmptyState title={t('record.sheet.none')} hint={t('record.sheet.none-hint')} />
      ) : (
        <SheetTable
          sheet={shown}
          chosen={chosen?.key}
          onChoose={(key) => setPlace({ row: key === place.row ? undefined : key })}
        />
      )}
      <ReadOn
        more={pages.hasNextPage}
        reading={pages.isFetchingNextPage}
        onMore={() => void pages.fetchNextPage()}
        shown={observations.length}
      />
    </Section>
  );
}

/** One category of a sheet, with the columns that it uses. */
function narrowed(sheet: Sheet, category: Category | undefined): Sheet {
  if (!category) return sheet;
  const rows = sheet.rows.filter((row) => row.category === category);
  const used = new Set(rows.flatMap((row) => [...row.cells.keys()]));
  return { rows, columns: sheet.columns.filter((column) => used.has(column.key)) };
}

interface PillsProps {
  label: string;
  all: string;
  options: { value: string; label: string }[];
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

function Pills({ label, all, options, value, onChange }: PillsProps) {
  if (options.length < 2) return null;
  return (
    <div className="lt-views" role="group" aria-label={label}>
      {[{ value: undefined, label: all }, ...options].map((one) => (
        <button
          type="button"
          key={one.value ?? ''}
          className="lt-view"
          aria-pressed={one.value === value}
          onClick={() => onChange(one.value)}
        >
          {one.label}
        </button>
      ))}
    </div>
  );
}

interface SheetTableProps {
  sheet: Sheet;
  chosen: string | undefined;
  onChoose: (key: string) => void;
}

function SheetTable({ sheet, chosen, onChoose }: SheetTableProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a wide table scrolls sideways, by keyboard too
    <section className="record-sheet" tabIndex={0} aria-label={t('record.tab.results')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('record.sheet.item')}</th>
            <th scope="col">{t('record.sheet.range')}</th>
            {sheet.columns.map((column) => (
              <th key={column.key} scope="col" className="record-number lt-figures">
                <ColumnHead column={column} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sheet.rows.map((row, index) => (
            <SheetLine
              key={row.key}
              row={row}
              sheet={sheet}
              chosen={row.key === chosen}
              starts={row.category !== sheet.rows[index - 1]?.category}
              onChoose={() => onChoose(row.key)}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function ColumnHead({ column }: { column: SheetColumn }) {
  return (
    <span title={`${column.at} ${column.org}`}>
      {dateText(column.at_ms)}
      <span className="record-sheet-time">{column.at.slice(11)}</span>
      <span className="record-sheet-org">{column.org || '—'}</span>
    </span>
  );
}

interface SheetLineProps {
  row: SheetRow;
  sheet: Sheet;
  chosen: boolean;
  /** The first of its category. */
  starts: boolean;
  onChoose: () => void;
}

function SheetLine({ row, sheet, chosen, starts, onChoose }: SheetLineProps) {
  const drawable = pointsOf(row, sheet).length > 1;
  return (
    <>
      {starts && (
        <tr className="record-sheet-group">
          <th scope="rowgroup" colSpan={sheet.columns.length + 2}>
            <span>{t(`record.sheet.category.${row.category}`)}</span>
          </th>
        </tr>
      )}
      <tr data-chosen={chosen || undefined}>
        <th scope="row">
          <span className="record-sheet-name">
            {drawable ? (
              <Button
                type="link"
                size="small"
                icon={<LineChartOutlined />}
                aria-expanded={chosen}
                title={t('record.sheet.trend', { name: row.name })}
                onClick={onChoose}
              >
                {row.name}
              </Button>
            ) : (
              row.name
            )}
            {row.unit && <span className="lt-muted">{row.unit}</span>}
          </span>
          {row.otherUnits && (
            <span className="record-sheet-unit">{t('record.sheet.other-units')}</span>
          )}
        </th>
        <td
          className="lt-figures lt-muted"
          title={row.rangesDiffer ? t('record.sheet.ranges-differ') : undefined}
        >
          {row.range}
          {row.rangesDiffer && ' *'}
        </td>
        {sheet.columns.map((column) => (
          <td key={column.key} className="record-number lt-figures">
            {(row.cells.get(column.key) ?? []).map((cell, index) => (
              <CellText key={index} cell={cell} ownRange={row.rangesDiffer ? cell.range : ''} />
            ))}
          </td>
        ))}
      </tr>
    </>
  );
}

function CellText({ cell, ownRange }: { cell: Cell; ownRange: string }) {
  return (
    <span
      className="record-cell"
      data-flag={cell.flag}
      title={ownRange ? t('record.sheet.own-range', { range: ownRange }) : undefined}
    >
      {cell.text}
      {cell.flag && <FlagMark flag={cell.flag} short />}
      {cell.preliminary && (
        <span className="record-sheet-unit">{t('record.chart.state.preliminary')}</span>
      )}
    </span>
  );
}

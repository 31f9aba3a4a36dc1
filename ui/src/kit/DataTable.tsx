import { DownloadOutlined } from '@ant-design/icons';
import { Button, Table, type TableProps, type TableRef } from 'antd';
import { type Key, type ReactNode, useEffect, useLayoutEffect, useMemo, useRef } from 'react';
import { t } from '@/i18n';
import { ColumnChooser, useChosenColumns } from './ColumnChooser';
import { usePhone } from './media';
import { LinesSkeleton } from './Skeletons';
import { EmptyState, ErrorState } from './States';
import { type Pages, rowsOf } from './usePages';
import { useRowKeys } from './useRowKeys';

export interface Column<Row> {
  key: string;
  title: ReactNode;
  render: (row: Row) => ReactNode;
  width?: number;
  align?: 'left' | 'right' | 'center';
  /** Not shown until chosen. */
  hidden?: boolean;
  /** Cannot be hidden. */
  always?: boolean;
  fixed?: 'left' | 'right';
}

export interface DataTableProps<Row> {
  /** Names the table in the person's settings: `referral.inbox`. */
  id: string;
  /** What the rows are, for those who do not see the page. */
  label: string;
  columns: Column<Row>[];
  /** Pages from the server, or rows that are all here. */
  pages?: Pages<Row>;
  rows?: Row[];
  rowKey: (row: Row) => string;
  onOpen?: (row: Row) => void;
  /** The keyboard moved to another row: an open preview follows it. */
  onMove?: (row: Row) => void;
  /** Extra keys on the current row: `{ a: accept }`. */
  keys?: Record<string, (row: Row) => void>;
  selected?: string[];
  onSelect?: (keys: string[]) => void;
  /** A row's coloured edge: `overdue`, `emergency`. */
  rowTone?: (row: Row) => string | undefined;
  onExport?: () => void;
  /** Left of the column chooser: batch actions, counts. */
  tools?: ReactNode;
  /** Whether filters are on: an empty list then says so, and offers to clear them. */
  filtered?: boolean;
  onClearFilters?: () => void;
  empty?: ReactNode;
  /** A row on a phone; without it the table scrolls sideways, or inside a section stands its columns
   * below one another. */
  phoneRow?: (row: Row) => ReactNode;
  /** Row keys off, while something else on the screen listens. */
  quiet?: boolean;
  /** Inside a section: no surface of its own, no tools, no sticky header. */
  plain?: boolean;
}

const COLUMN_WIDTH_DEFAULT = 120;
const TOP_BAR_HEIGHT_PX = 48;
/** From here on a list scrolls by itself and draws only the rows in view: it stays fast with thousands. */
const VIRTUAL_FROM_ROWS = 200;
/** What stands around such a list: the bar, its tools, its head, the line below it. */
const VIRTUAL_AROUND_PX = TOP_BAR_HEIGHT_PX + 150;
const VIRTUAL_HEIGHT_MIN_PX = 320;
/** How near to its end a list reads on. */
const READ_ON_PX = 400;

/** A dense table: own columns, keyboard, page after page, and its empty and failed states. */
export function DataTable<Row extends object>(props: DataTableProps<Row>) {
  const { id, columns, pages, onExport, tools } = props;
  const rows = props.rows ?? (pages ? rowsOf(pages) : []);
  const [chosen, choose] = useChosenColumns(id, columns);
  const phone = usePhone();
  const { current, setCurrent } = useRowKeys({
    count: rows.length,
    onOpen: (index) => open(rows[index]),
    keys: rowKeys(props.keys, rows),
    enabled: !props.quiet,
  });
  function open(row: Row | undefined) {
    if (row) props.onOpen?.(row);
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a move is news
  useEffect(() => {
    const row = rows[current];
    if (row) props.onMove?.(row);
  }, [current]);

  if (pages?.isError && rows.length === 0) {
    return <ErrorState error={pages.error} onRetry={() => void pages.refetch()} />;
  }
  const phoneRow = props.phoneRow ?? (phone ? stackedRow(props) : undefined);
  const body =
    pages?.isPending && pages.fetchStatus !== 'idle' ? (
      <LinesSkeleton rows={10} />
    ) : rows.length === 0 ? (
      <NoRows {...props} />
    ) : phone && phoneRow ? (
      <PhoneRows {...props} rows={rows} phoneRow={phoneRow} />
    ) : (
      <TableBody {...props} rows={rows} chosen={chosen} current={current} onCurrent={setCurrent} />
    );
  return (
    <div className={props.plain ? undefined : 'lt-table'} aria-busy={pages?.isFetching}>
      {!props.plain && !(phone && props.phoneRow && !tools && !onExport) && (
        <div className="lt-table-tools">
          {tools}
          <span className="lt-table-spacer" />
          {onExport && (
            <Button size="small" icon={<DownloadOutlined />} onClick={onExport}>
              {t('kit.action.export')}
            </Button>
          )}
          {!(phone && props.phoneRow) && (
            <ColumnChooser columns={columns} chosen={chosen} onChoose={choose} />
          )}
        </div>
      )}
      {body}
      {pages && rows.length > 0 && (
        <MoreRows pages={pages} count={rows.length} itself={!phone && isVirtual(rows)} />
      )}
    </div>
  );
}

function isVirtual(rows: unknown[]): boolean {
  return rows.length >= VIRTUAL_FROM_ROWS;
}

function rowKeys<Row>(keys: DataTableProps<Row>['keys'], rows: Row[]) {
  const entries = Object.entries(keys ?? {}).map(([key, run]) => {
    const onIndex = (index: number) => {
      const row = rows[index];
      if (row) run(row);
    };
    return [key, onIndex] as const;
  });
  return Object.fromEntries(entries);
}

interface TableBodyProps<Row> extends DataTableProps<Row> {
  rows: Row[];
  chosen: string[];
  current: number;
  onCurrent: (index: number) => void;
}

function TableBody<Row extends object>(props: TableBodyProps<Row>) {
  const { rows, rowKey, rowTone, onOpen, onSelect, chosen, current } = props;
  const box = useRef<HTMLDivElement>(null);
  const table = useRef<TableRef>(null);
  const virtual = isVirtual(rows);
  useEffect(() => {
    if (current < 0) return;
    if (virtual) table.current?.scrollTo({ index: current });
    else
      box.current
        ?.querySelector(`tr[data-index="${current}"]`)
        ?.scrollIntoView({ block: 'nearest' });
  }, [current, virtual]);
  const seen = useRef(0);
  useLayoutEffect(() => {
    // The list begins to scroll by itself: the reader stays at the row that came last before.
    if (virtual && seen.current > 0) table.current?.scrollTo({ index: seen.current - 1 });
  }, [virtual]);
  useLayoutEffect(() => {
    seen.current = rows.length;
  }, [rows.length]);
  useEffect(() => {
    // A wide table scrolls sideways; where nothing in it takes the focus, the keyboard must reach it.
    const scroller = box.current?.querySelector('.ant-table-body, .ant-table-content');
    scroller?.setAttribute('tabindex', '0');
  }, []);
  const columns = useMemo(
    () =>
      props.columns
        .filter((column) => chosen.includes(column.key))
        .map((column) => ({ ...column, render: (_: unknown, row: Row) => column.render(row) })),
    [props.columns, chosen],
  );
  const width = columns.reduce((sum, column) => sum + (column.width ?? COLUMN_WIDTH_DEFAULT), 0);
  const selection: TableProps<Row>['rowSelection'] = onSelect && {
    selectedRowKeys: props.selected ?? [],
    onChange: (keys: Key[]) => onSelect(keys.map(String)),
    columnWidth: 36,
  };
  return (
    <div ref={box} className="lt-table-scroll">
      <Table<Row>
        ref={table}
        virtual={virtual}
        onScroll={virtual ? (event) => readOn(event.currentTarget, props.pages) : undefined}
        aria-label={props.label}
        size="small"
        columns={columns}
        dataSource={rows}
        rowKey={rowKey}
        pagination={false}
        rowSelection={selection}
        sticky={props.plain || virtual ? false : { offsetHeader: TOP_BAR_HEIGHT_PX }}
        scroll={virtual ? { x: width, y: virtualHeight() } : { x: width }}
        onRow={(row, index = 0) => ({
          'data-index': index,
          'data-current': index === current,
          'data-tone': rowTone?.(row),
          onClick: (event) => {
            // A click on something inside the row is meant for that thing.
            const target = event.target as HTMLElement;
            if (target.closest('a, button, input, label, .ant-table-selection-column')) return;
            props.onCurrent(index);
            onOpen?.(row);
          },
        })}
        rowClassName={() => (onOpen ? 'lt-table-row lt-table-row-open' : 'lt-table-row')}
      />
    </div>
  );
}

function virtualHeight(): number {
  return Math.max(VIRTUAL_HEIGHT_MIN_PX, window.innerHeight - VIRTUAL_AROUND_PX);
}

/** A list that scrolls by itself reads on when its end comes near. */
function readOn<Row>(list: HTMLElement, pages: Pages<Row> | undefined) {
  const left_px = list.scrollHeight - list.scrollTop - list.clientHeight;
  if (pages?.hasNextPage && !pages.isFetchingNextPage && left_px < READ_ON_PX) {
    void pages.fetchNextPage();
  }
}

/** What a telephone shows without scrolling sideways. */
const PHONE_WIDTH_PX = 340;

/** The columns one below another, where a section's table would be wider than a telephone. */
function stackedRow<Row>({ plain, onOpen, columns }: DataTableProps<Row>) {
  const width = columns.reduce((sum, one) => sum + (one.width ?? COLUMN_WIDTH_DEFAULT), 0);
  // What opens as a whole is a button, which holds no list.
  if (!plain || onOpen || width <= PHONE_WIDTH_PX) return undefined;
  return (row: Row) => (
    <dl className="lt-stacked">
      {columns.map(({ key, title, render }) => {
        const value = render(row);
        if (value === null || value === undefined || value === false || value === '') return null;
        return (
          <div key={key}>
            <dt>{title}</dt>
            <dd>{value}</dd>
          </div>
        );
      })}
    </dl>
  );
}

function PhoneRows<Row>({ rows, rowKey, phoneRow, onOpen, rowTone, label }: DataTableProps<Row>) {
  return (
    <ul className="lt-phone-rows" aria-label={label}>
      {(rows ?? []).map((row) => (
        <li key={rowKey(row)} data-tone={rowTone?.(row)}>
          {onOpen ? (
            <button type="button" onClick={() => onOpen(row)}>
              {phoneRow?.(row)}
            </button>
          ) : (
            <div>{phoneRow?.(row)}</div>
          )}
        </li>
      ))}
    </ul>
  );
}

function NoRows<Row>({ filtered, onClearFilters, empty }: DataTableProps<Row>) {
  if (!filtered) return empty ?? <EmptyState title={t('kit.table.empty')} />;
  const clear = onClearFilters && <Button onClick={onClearFilters}>{t('kit.filter.clear')}</Button>;
  return (
    <EmptyState
      title={t('kit.table.empty-filtered')}
      hint={t('kit.table.empty-filtered-hint')}
      action={clear}
    />
  );
}

interface MoreRowsProps<Row> {
  pages: Pages<Row>;
  count: number;
  /** The list scrolls by itself and reads on by itself: this line is always in view. */
  itself: boolean;
}

/** Reads on when the end of the list comes near; the button serves the keyboard. */
function MoreRows<Row>({ pages, count, itself }: MoreRowsProps<Row>) {
  const mark = useRef<HTMLDivElement>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = pages;
  useEffect(() => {
    const element = mark.current;
    if (itself || !element || !hasNextPage || typeof IntersectionObserver === 'undefined') return;
    const observer = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting && !isFetchingNextPage) void fetchNextPage();
      },
      { rootMargin: `${READ_ON_PX}px` },
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, [itself, hasNextPage, isFetchingNextPage, fetchNextPage]);
  return (
    <div ref={mark} className="lt-table-more lt-muted">
      <span>{t(hasNextPage ? 'kit.table.shown' : 'kit.table.all-shown', { n: count })}</span>
      {hasNextPage && (
        <Button size="small" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
          {t('kit.table.more')}
        </Button>
      )}
      {pages.isError && <span role="alert">{pages.error.message}</span>}
    </div>
  );
}

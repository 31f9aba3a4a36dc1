import { Button } from 'antd';
import { type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { t } from '@/i18n';
import type { ChartHandle, ChartOption } from './chartEngine';
import { useScheme } from './theme';

export interface ChartTable {
  head: ReactNode[];
  rows: ReactNode[][];
}

export interface ChartProps {
  /** The question that the chart answers. */
  title: string;
  unit?: string;
  /** Series and axes. Colours, fonts and grid come from the theme. */
  option: ChartOption;
  /** The same numbers as a table: for screen readers, for copying, for checking. */
  table: ChartTable;
  height?: number;
  empty?: boolean;
  extra?: ReactNode;
  /** A click on a mark: opens the rows behind the number. */
  onPick?: (mark: { seriesName?: string; name: string; dataIndex: number }) => void;
}

const HEIGHT_DEFAULT_PX = 260;

/** A chart with its question, unit and table view. The engine loads with the first chart. */
export function Chart({
  title,
  unit,
  option,
  table,
  height = HEIGHT_DEFAULT_PX,
  empty,
  extra,
  onPick,
}: ChartProps) {
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  return (
    <figure className="lt-chart" aria-labelledby={id}>
      <figcaption className="lt-chart-head">
        <span id={id} className="lt-chart-title">
          {title}
        </span>
        {unit && <span className="lt-muted">{unit}</span>}
        <span className="lt-table-spacer" />
        {extra}
        <Button
          type="text"
          size="small"
          aria-pressed={asTable}
          onClick={() => setAsTable(!asTable)}
        >
          {t(asTable ? 'kit.chart.chart' : 'kit.chart.table')}
        </Button>
      </figcaption>
      {empty ? (
        <p className="lt-chart-empty lt-muted" style={{ height }}>
          {t('kit.chart.empty')}
        </p>
      ) : asTable ? (
        <ChartTableView table={table} title={title} />
      ) : (
        <Drawing option={option} height={height} title={title} onPick={onPick} />
      )}
    </figure>
  );
}

interface DrawingProps {
  option: ChartOption;
  height: number;
  title: string;
  onPick: ChartProps['onPick'];
}

function Drawing({ option, height, title, onPick }: DrawingProps) {
  const place = useRef<HTMLDivElement>(null);
  const handle = useRef<ChartHandle | null>(null);
  const latest = useRef({ option, onPick });
  latest.current = { option, onPick };
  const scheme = useScheme();
  useEffect(() => {
    let alive = true;
    void import('./chartEngine').then(({ draw }) => {
      if (!alive || !place.current) return;
      handle.current = draw(place.current, scheme, (mark) => latest.current.onPick?.(mark));
      handle.current.set(latest.current.option);
    });
    return () => {
      alive = false;
      handle.current?.close();
      handle.current = null;
    };
  }, [scheme]);
  useEffect(() => handle.current?.set(option), [option]);
  return <div ref={place} role="img" aria-label={title} style={{ height }} />;
}

function ChartTableView({ table, title }: { table: ChartTable; title: string }) {
  return (
    <div className="lt-chart-table">
      <table aria-label={title}>
        <thead>
          <tr>
            {table.head.map((cell, index) => (
              <th key={index} scope="col">
                {cell}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, index) => (
            <tr key={index}>
              {row.map((cell, column) => (
                <td key={column}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

import { CloseOutlined } from '@ant-design/icons';
import { Button } from 'antd';
import { useMemo } from 'react';
import { t } from '@/i18n';
import { Chart, type ChartProps } from '@/kit/Chart';
import { useScheme } from '@/kit/theme';
import { PALETTES } from '@/kit/tokens';
import { pointsOf, type Sheet, type SheetRow } from '../fhir/flowsheet';
import { flagText } from '../fhir/values';

interface TrendProps {
  row: SheetRow;
  sheet: Sheet;
  onClose: () => void;
}

/** Marks that stay apart in grey, a member each. */
const SYMBOLS = ['circle', 'triangle', 'rect', 'diamond', 'pin', 'arrow'];
const HEIGHT_PX = 220;

/** How one value went, a line for each member; the range is drawn where all share it. */
export function Trend({ row, sheet, onClose }: TrendProps) {
  const palette = PALETTES[useScheme()];
  const points = useMemo(() => pointsOf(row, sheet), [row, sheet]);
  const option = useMemo(() => optionOf(row, points, palette.muted), [row, points, palette.muted]);
  return (
    <div className="record-trend">
      <Chart
        title={t('record.sheet.trend', { name: row.name })}
        unit={row.unit}
        height={HEIGHT_PX}
        option={option}
        extra={
          <Button
            type="text"
            size="small"
            icon={<CloseOutlined />}
            aria-label={t('kit.action.close')}
            onClick={onClose}
          />
        }
        table={{
          head: [
            t('record.chart.time'),
            t('record.chart.member'),
            t('record.sheet.value'),
            t('record.sheet.range'),
          ],
          rows: points.map(({ column, cell }) => [
            column.at,
            column.org || '—',
            `${cell.text}${cell.flag ? ` ${flagText(cell.flag)}` : ''}`,
            cell.range,
          ]),
        }}
      />
    </div>
  );
}

type Points = ReturnType<typeof pointsOf>;

function optionOf(row: SheetRow, points: Points, muted: string): ChartProps['option'] {
  const orgs = [...new Set(points.map(({ column }) => column.org || '—'))];
  const bounds = row.rangesDiffer ? [] : boundsOf(points);
  const markLine = {
    symbol: 'none',
    silent: true,
    lineStyle: { color: muted, type: 'dashed' as const },
    label: { color: muted, position: 'insideEndTop' as const },
    data: bounds.map((yAxis) => ({ yAxis })),
  };
  return {
    xAxis: {
      type: 'time',
      axisLabel: { formatter: isLong(points) ? '{yyyy}-{MM}' : '{MM}-{dd}', hideOverlap: true },
    },
    yAxis: {
      type: 'value',
      scale: true,
      // The range stays in sight, though no value came near its ends.
      min: ({ min }: { min: number }) => Math.floor(Math.min(min, ...bounds)),
      max: ({ max }: { max: number }) => Math.ceil(Math.max(max, ...bounds)),
    },
    grid: {
      left: 8,
      right: 48,
      top: 32,
      bottom: 8,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    tooltip: { trigger: 'item', confine: true },
    series: orgs.map((org, index) => ({
      type: 'line' as const,
      name: org,
      symbol: SYMBOLS[index % SYMBOLS.length],
      symbolSize: 8,
      data: points
        .filter(({ column }) => (column.org || '—') === org)
        .map(({ column, cell }) => [column.at_ms, cell.value ?? null]),
      ...(index === 0 && bounds.length > 0 ? { markLine } : {}),
    })),
  };
}

const YEAR_MS = 365 * 86_400_000;

function isLong(points: Points): boolean {
  const [first] = points;
  const last = points.at(-1);
  return (
    first !== undefined && last !== undefined && last.column.at_ms - first.column.at_ms > YEAR_MS
  );
}

/** The ends of the range that all values share. */
function boundsOf(points: Points): number[] {
  const newest = points.toReversed().find(({ cell }) => cell.range)?.cell;
  return [newest?.low, newest?.high].filter((bound): bound is number => bound !== undefined);
}

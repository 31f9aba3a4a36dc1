/** ECharts with the parts in use, in our colours. Loaded with the first chart. */
import {
  BarChart,
  type BarSeriesOption,
  CustomChart,
  type CustomSeriesOption,
  GraphChart,
  type GraphSeriesOption,
  HeatmapChart,
  type HeatmapSeriesOption,
  LineChart,
  type LineSeriesOption,
  ScatterChart,
  type ScatterSeriesOption,
} from 'echarts/charts';
import {
  GridComponent,
  type GridComponentOption,
  LegendComponent,
  type LegendComponentOption,
  MarkLineComponent,
  TooltipComponent,
  type TooltipComponentOption,
  VisualMapComponent,
  type VisualMapComponentOption,
} from 'echarts/components';
import { type ComposeOption, init, use as register } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { FONT_FAMILY, PALETTES, type Scheme } from './tokens';

export type ChartOption = ComposeOption<
  | BarSeriesOption
  | LineSeriesOption
  | ScatterSeriesOption
  | HeatmapSeriesOption
  | GraphSeriesOption
  | CustomSeriesOption
  | GridComponentOption
  | TooltipComponentOption
  | LegendComponentOption
  | VisualMapComponentOption
>;

export interface ChartHandle {
  set: (option: ChartOption) => void;
  close: () => void;
}

export interface ChartMark {
  seriesName?: string;
  name: string;
  dataIndex: number;
}

register([
  BarChart,
  LineChart,
  ScatterChart,
  HeatmapChart,
  GraphChart,
  CustomChart,
  GridComponent,
  TooltipComponent,
  LegendComponent,
  MarkLineComponent,
  VisualMapComponent,
  SVGRenderer,
]);

/** Draws into an element and follows its size until closed. */
export function draw(
  place: HTMLElement,
  scheme: Scheme,
  onPick: (mark: ChartMark) => void,
): ChartHandle {
  const chart = init(place, chartTheme(scheme), { renderer: 'svg' });
  chart.on('click', (event) => {
    onPick({ seriesName: event.seriesName, name: event.name, dataIndex: event.dataIndex });
  });
  const observer = new ResizeObserver(() => chart.resize());
  observer.observe(place);
  const still = window.matchMedia('(prefers-reduced-motion: reduce)').matches;
  return {
    set: (option) => {
      chart.setOption(
        { ...base(), ...option, animation: !still, animationDuration: 300 },
        { notMerge: true },
      );
    },
    close: () => {
      observer.disconnect();
      chart.dispose();
    },
  };
}

function base(): ChartOption {
  return {
    grid: {
      left: 8,
      right: 16,
      top: 32,
      bottom: 8,
      outerBoundsMode: 'same',
      outerBoundsContain: 'axisLabel',
    },
    tooltip: { trigger: 'axis', confine: true, axisPointer: { type: 'shadow' } },
    legend: { top: 0, left: 0, itemWidth: 12, itemHeight: 8 },
  };
}

/** Series colours that stay apart in grey and for colour-blind readers. */
const SERIES: Record<Scheme, string[]> = {
  light: ['#0E7490', '#D48806', '#5B6B7F', '#7A4FA3', '#389E0D', '#C0153E'],
  dark: ['#45B5D1', '#F2BF55', '#9AABBF', '#B795DB', '#8BD669', '#FF92A9'],
};

function chartTheme(scheme: Scheme): object {
  const palette = PALETTES[scheme];
  const axis = {
    axisLine: { lineStyle: { color: palette.line } },
    axisTick: { show: false },
    axisLabel: { color: palette.muted },
    nameTextStyle: { color: palette.muted },
    splitLine: { lineStyle: { color: palette.line } },
  };
  return {
    color: SERIES[scheme],
    backgroundColor: 'transparent',
    textStyle: { fontFamily: FONT_FAMILY, color: palette.text },
    categoryAxis: { ...axis, splitLine: { show: false } },
    valueAxis: axis,
    timeAxis: axis,
    legend: { textStyle: { color: palette.muted } },
    tooltip: {
      backgroundColor: palette.raised,
      borderColor: palette.line,
      textStyle: { color: palette.text, fontSize: 13 },
    },
    line: { symbolSize: 7, lineStyle: { width: 2 } },
    bar: { barMaxWidth: 28 },
  };
}

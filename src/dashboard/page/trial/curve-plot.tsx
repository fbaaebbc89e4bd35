import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { colors } from '../plots/theme.js';
import { formatNumber } from '../text.js';

const WHOLE_STEPS = [0, 1, 2, 3, 4, 5, 6, 7, 8].flatMap((power) => [1, 2, 5].map((n) => n * 10 ** power));
const AXIS_FONT = '11px system-ui, sans-serif';

/** Values over steps, or over anything that grows. */
export type PlotLine = {
  readonly label: string;
  readonly values: readonly (number | null)[];
  readonly color: string;
  readonly width: number;
  readonly dash: readonly number[];
};

export type LinePlotProps = {
  readonly xLabel: string;
  readonly yLabel: string;
  readonly xs: readonly number[];
  readonly lines: readonly PlotLine[];
  /** Pairs of places in `lines`, with what lies between them filled. */
  readonly bands: readonly { readonly upper: number; readonly lower: number; readonly color: string }[];
  readonly log: boolean;
  readonly height: number;
  readonly label: string;
  /** Only whole numbers have a tick along x. */
  readonly isWhole: boolean;
};

/** A plot of few lines with values at the pointer. */
export function LinePlot(props: LinePlotProps) {
  const host = useRef<HTMLDivElement>(null);
  const theme = colors.value;
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const plot = new uPlot(optionsOf(props, element.clientWidth), dataOf(props), element);
    const observer = new ResizeObserver(() => {
      if (element.clientWidth !== plot.width)
        plot.setSize({ width: element.clientWidth, height: props.height });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [props, theme]);
  return (
    <div
      class="line-plot"
      ref={host}
      role="img"
      aria-label={props.label}
      style={{ minHeight: `${props.height}px` }}
    />
  );
}

function dataOf({ xs, lines }: LinePlotProps): uPlot.AlignedData {
  return [[...xs], ...lines.map(({ values }) => [...values])];
}

function optionsOf(
  { xLabel, yLabel, lines, bands, log, height, isWhole }: LinePlotProps,
  width: number,
): uPlot.Options {
  const theme = colors.peek();
  const axis = {
    stroke: theme.muted,
    grid: { stroke: theme.grid, width: 1 },
    ticks: { stroke: theme.grid, width: 1, size: 4 },
    font: AXIS_FONT,
    labelFont: AXIS_FONT,
    labelSize: 18,
    labelGap: 0,
  };
  const numbers = (_: unknown, splits: readonly (number | null)[]) =>
    splits.map((value) => (value === null ? '' : formatNumber(value)));
  const valueText = (_: unknown, value: number | null) => (value === null ? '\u2013' : formatNumber(value));
  return {
    width: Math.max(100, width),
    height,
    scales: { x: { time: false }, y: { distr: log ? 3 : 1 } },
    axes: [
      { ...axis, size: 30, label: xLabel, ...(isWhole && { incrs: WHOLE_STEPS }) },
      { ...axis, size: 62, label: yLabel, values: numbers },
    ],
    series: [
      { label: xLabel, value: valueText },
      ...lines.map(({ label, color, width: thick, dash }) => ({
        label,
        stroke: color,
        width: thick,
        dash: [...dash],
        points: { show: false },
        spanGaps: true,
        value: valueText,
      })),
    ],
    bands: bands.map(({ upper, lower, color }) => ({ series: [upper + 1, lower + 1], fill: color })),
    cursor: { drag: { x: true, y: false } },
    legend: {
      live: true,
      // A short line as in the plot: dashes tell lines apart where colors do not.
      markers: {
        width: 2,
        fill: 'transparent',
        dash: (_, k) => ((lines[k - 1]?.dash.length ?? 0) > 0 ? 'dashed' : 'solid'),
      },
    },
  };
}

import type { Figure, LegendEntry, ParallelPanel } from '../figure.js';
import { plainText, wrapWords } from '../text.js';
import { type Box, path } from './marks.js';
import { drawCartesian, drawParallelPanel } from './panel.js';
import { styleSheet } from './style.js';
import { escapeXml, round, textElement, textWidth } from './text.js';

const WIDTH = 800;
const HEIGHT = 500;
/** Panels beside each other. */
const COLUMNS = 3;
const PANEL = { width: 330, height: 260 };
const MARGIN = 16;
const SMALL = 11.5;
const LINE = 17;

/** Returns a figure as one SVG document without references: title, legend, panels, notes; light or dark as the reader. */
export function renderSvg(figure: Figure): string {
  const { width, panelHeight } = sizeOf(figure);
  const legend = placeLegend(figure.legend, width);
  const notes = figure.notes.flatMap((note) =>
    wrapWords(plainText(note), width - 2 * MARGIN, (text) => textWidth(text, SMALL)),
  );
  const top = 40 + legend.height;
  const height = top + panelHeight + notes.length * LINE + (notes.length > 0 ? 14 : 4);
  const panels = figure.panels.map((panel, k) => {
    const box = boxOf(k, { count: figure.panels.length, width, top, height: panelHeight });
    return panel.type === 'parallel'
      ? drawParallelPanel(panel, box)
      : drawCartesian(panel, box, `${figure.kind}-${k}`);
  });
  const base = { anchor: 'start', width: width - 2 * MARGIN, isUpright: false } as const;
  const title = textElement(figure.title, { ...base, x: MARGIN, y: 26, fontPx: 16, style: 'title' });
  const footer = notes.map((note, k) => {
    const y = top + panelHeight + 12 + k * LINE;
    return textElement(note, { ...base, x: MARGIN, y, fontPx: SMALL, style: 'faint' });
  });
  const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escapeXml(figure.title)}">`,
    styleSheet(),
    `<rect class="page" width="${width}" height="${height}"/>`,
    title,
    ...legend.elements,
    ...panels,
    ...footer,
    '</svg>\n',
  ].join('\n');
}

function sizeOf({ panels }: Figure): { width: number; panelHeight: number } {
  const parallel = panels.find((panel): panel is ParallelPanel => panel.type === 'parallel');
  if (parallel)
    return { width: Math.max(WIDTH, 120 + 120 * (parallel.axes.length - 1)), panelHeight: HEIGHT - 80 };
  if (panels.length === 0) return { width: WIDTH, panelHeight: 20 };
  if (panels.length === 1) return { width: WIDTH, panelHeight: HEIGHT - 80 };
  const columns = Math.min(COLUMNS, panels.length);
  return {
    width: Math.max(WIDTH, columns * PANEL.width),
    panelHeight: Math.ceil(panels.length / columns) * PANEL.height,
  };
}

type Place = {
  readonly count: number;
  readonly width: number;
  readonly top: number;
  readonly height: number;
};

function boxOf(k: number, { count, width, top, height }: Place): Box {
  const columns = Math.min(COLUMNS, count);
  const [boxWidth, boxHeight] = [width / columns, height / Math.ceil(count / columns)];
  const [column, row] = [k % columns, Math.floor(k / columns)];
  return { x: column * boxWidth, y: top + row * boxHeight, width: boxWidth, height: boxHeight };
}

/** Returns the elements of the legend, broken into as many rows as the width needs. */
function placeLegend(entries: readonly LegendEntry[], width: number): { elements: string[]; height: number } {
  const elements: string[] = [];
  let [x, y] = [MARGIN, 47];
  for (const entry of entries) {
    const needed = 24 + Math.min(260, textWidth(plainText(entry.label), SMALL)) + 16;
    if (x + needed > width && x > MARGIN) [x, y] = [MARGIN, y + LINE];
    elements.push(
      sample(entry, x, y),
      textElement(entry.label, {
        x: x + 24,
        y,
        fontPx: SMALL,
        anchor: 'start',
        width: 260,
        style: 'plain',
        isUpright: false,
      }),
    );
    x += needed;
  }
  return { elements, height: entries.length > 0 ? y - 47 + LINE : 0 };
}

function sample({ tone, symbol }: LegendEntry, x: number, y: number): string {
  const middle = y - 4;
  switch (symbol) {
    case 'dot':
      return path(`M${x + 9} ${middle}h0`, tone, 'stroke-width="7" stroke-linecap="round"');
    case 'cross':
      return path(`M${x + 6} ${middle - 3}l6 6m0-6l-6 6`, tone, 'stroke-width="1.6"');
    case 'line':
      return path(`M${x} ${middle}h18`, tone, 'stroke-width="2.4"');
    case 'band':
      return `<rect class="${tone}" x="${x}" y="${round(middle - 4)}" width="18" height="8" fill="currentColor" fill-opacity="0.5"/>`;
    case 'box':
      return `<rect class="${tone}" x="${x + 3}" y="${round(middle - 5)}" width="12" height="10" fill="currentColor"/>`;
    case 'interval':
      return path(`M${x + 9} ${middle - 5}v10m-3-10h6m-6 10h6`, tone, 'stroke-width="1.2" fill="none"');
  }
}

import { beforeAll, describe, expect, test } from 'vitest';
import type { Figure, Mark, Panel } from '../../src/plots/figure.js';
import type { PlotInput, PlotSettings } from '../../src/plots/plot.js';
import { renderPicture } from '../../src/plots/raster/render.js';
import { plots } from '../../src/plots/registry.js';
import { renderSvg } from '../../src/plots/svg/svg.js';
import { renderTerminal } from '../../src/plots/terminal/terminal.js';
import { large, scenes } from './scenes.js';
import { inputOf, PLAIN } from './support.js';
import { checkSvg, checkTerminal } from './well-formed.js';

const LOG: PlotSettings = { top: 1, isLogY: true, showsOutliers: false, parameters: [] };
const MANY: PlotSettings = { top: 200, isLogY: false, showsOutliers: true, parameters: [] };

function numbersOf(mark: Mark): readonly (readonly number[])[] {
  return Object.values(mark).filter((value): value is readonly number[] => Array.isArray(value));
}

/** What every figure promises. */
function checkFigure(figure: Figure, name: string): void {
  expect(figure.kind).toBe(name);
  if (figure.panels.length === 0) expect(figure.notes).not.toEqual([]);
  for (const panel of figure.panels) checkPanel(panel);
  // Notes stand for people: no note is empty, none twice.
  expect(new Set(figure.notes).size).toBe(figure.notes.length);
  expect(figure.notes).not.toContain('');
}

function checkPanel(panel: Panel): void {
  const axes = panel.type === 'parallel' ? panel.axes : [panel.x, panel.y];
  for (const { domain, ticks } of axes) {
    expect(domain.every(Number.isFinite)).toBe(true);
    expect(domain[0]).toBeLessThan(domain[1]);
    const values = ticks.map(({ value }) => value);
    expect(values).toEqual(values.toSorted((a, b) => a - b));
    expect(values.every((value) => value >= domain[0] && value <= domain[1])).toBe(true);
    expect(new Set(values).size).toBe(values.length);
    expect(values.length).toBeLessThanOrEqual(30);
  }
  if (panel.type === 'parallel')
    for (const { values } of panel.lines) expect(values).toHaveLength(axes.length);
  else
    for (const mark of panel.marks)
      for (const list of numbersOf(mark)) expect(list).toHaveLength(numbersOf(mark)[0]?.length ?? 0);
}

/** Draws a figure in every way, and checks each. */
function checkDrawings(figure: Figure): void {
  const svg = renderSvg(figure);
  checkSvg(svg);
  // It throws for an element that it does not draw; small, since only large pictures take time.
  expect(new Set(renderPicture(svg, 0.2).bytes).size).toBeGreaterThan(2);
  for (const columns of [20, 80, 200])
    for (const isUnicode of [true, false]) {
      const style = { columns, rows: 30, isUnicode, hasColor: columns > 20 };
      checkTerminal(renderTerminal(figure, style), style);
    }
}

describe.each(plots)('the plot $name', (plot) => {
  test.each(Object.keys(scenes))('shows %s', async (scene) => {
    const input = inputOf((scenes[scene] as (typeof scenes)[string])());
    for (const settings of scene.includes('values') ? [PLAIN, LOG] : [PLAIN]) {
      const figure = (await plot.load())(input, settings);
      checkFigure(figure, plot.name);
      checkDrawings(figure);
    }
  });

  test('draws the same for the same trials, whatever is to stand out', async () => {
    const input = inputOf((scenes['a usual study'] as (typeof scenes)[string])());
    const figure = (await plot.load())(input, MANY);
    checkFigure(figure, plot.name);
    checkDrawings(figure);
    expect((await plot.load())(input, MANY)).toEqual(figure);
  });

  test('says why there is nothing to draw', async () => {
    // Trials that failed have run.
    for (const scene of plot.needs === 'trials' ? ['no trial'] : ['no trial', 'every trial failed']) {
      const figure = (await plot.load())(inputOf((scenes[scene] as (typeof scenes)[string])()), PLAIN);
      expect(figure.panels).toEqual([]);
      expect(figure.notes.join()).toMatch(/no (complete )?trial/);
    }
  });

  test.skipIf(plot.needs === 'trials')('shows another metric than the first objective', async () => {
    const input = inputOf((scenes['a usual study'] as (typeof scenes)[string])(), 'size');
    const figure = (await plot.load())(input, PLAIN);
    checkFigure(figure, plot.name);
    expect(figure.title).toContain('size');
  });
});

describe('of 50,000 trials', () => {
  let input: PlotInput;
  beforeAll(() => {
    input = inputOf(large());
  });

  test.each(plots)('the plot $name stays small', async ({ load, name }) => {
    const figure = (await load())(input, PLAIN);
    checkFigure(figure, name);
    expect(renderSvg(figure).length).toBeLessThan(2_000_000);
    checkTerminal(renderTerminal(figure, { columns: 80, rows: 24, isUnicode: true, hasColor: false }), {
      columns: 80,
      isUnicode: true,
    });
  });
});

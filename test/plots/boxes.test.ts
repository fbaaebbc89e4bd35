import { describe, expect, test } from 'vitest';
import { categorical, float } from '../../src/core/distribution.js';
import type { CartesianPanel, Figure } from '../../src/plots/figure.js';
import { renderTerminal } from '../../src/plots/terminal/terminal.js';
import { complete, draw, type MadeTrial, marksOf, study } from './support.js';

const a = (k: number) => ({ a: k / 20 });

describe('contour', () => {
  const params = ['a', 'b', 'c'].map((name) => ({ name, distribution: float(0, 1) }));
  /** The value depends on b, and a little on c. */
  const trials = [...Array(60).keys()].map((k) => {
    const [a, b, c] = [0.618034, 0.754878, 0.569841].map((by) => (k * by) % 1) as [number, number, number];
    return complete({ a, b, c }, b + c / 4);
  });

  test('shows the two parameters that matter most, or those that are named', async () => {
    expect((await draw('contour', study(trials, { params }))).title).toBe('loss over b and c');
    const named = { parameters: ['c', 'a'] };
    expect((await draw('contour', study(trials, { params }), named)).title).toBe('loss over c and a');
  });

  test('shades the plane by the mean of the trials nearby, the best value darkest, by the direction', async () => {
    const made = study(trials, { params });
    /** The mean height of the boxes of a shade. */
    const heightOf = (figure: Figure, shade: string) => {
      const [boxes] = marksOf(figure, 'boxes', shade);
      const tops = boxes?.mark === 'boxes' ? boxes.left : [];
      return tops.reduce((sum, each) => sum + each, 0) / tops.length;
    };
    const down = await draw('contour', made);
    expect(heightOf(down, 'shade-0')).toBeLessThan(heightOf(down, 'shade-7'));
    const up = await draw('contour', {
      ...made,
      objectives: [{ metric: 'loss', direction: 'maximize' }],
    });
    expect(heightOf(up, 'shade-0')).toBeGreaterThan(heightOf(up, 'shade-7'));
  });

  test('takes no trial for a neighbor of another choice, and draws those without a parameter at the edge', async () => {
    const made = study(
      [complete({ a: 0.5, opt: 'x' }, 1), complete({ a: 0.5, opt: 'z' }, 3), complete({ opt: 'z' }, 2)],
      {
        params: [
          { name: 'a', distribution: float(0, 1) },
          { name: 'opt', distribution: categorical(['x', 'y', 'z']) },
        ],
      },
    );
    const figure = await draw('contour', made);
    const boxes = ['shade-0', 'shade-7'].flatMap((tone) => marksOf(figure, 'boxes', tone));
    expect(
      boxes.map((each) => each.mark === 'boxes' && new Set(each.bottom.map((side) => side.toFixed(2)))),
    ).toEqual([new Set(['-0.50']), new Set(['1.50'])]);
    expect(figure.notes).toContain('1 of 3 trials without a at the left edge, and not in the shades');
  });

  test('needs two parameters', async () => {
    const figure = await draw('contour', study([complete(a(0), 1)]));
    expect(figure).toMatchObject({ panels: [], notes: ['the study has fewer than two parameters'] });
  });
});

describe('timeline', () => {
  const at = (
    startedAtMs: number | null,
    finishedAtMs: number | null,
    device: string,
    state = 'complete',
  ) => ({
    ...complete(a(0), 1),
    startedAtMs,
    finishedAtMs,
    device,
    state: state as MadeTrial['state'],
  });
  const minute = 60_000;

  test('has a row for each slot of each device, and a box for each trial in the tone of its end', async () => {
    const figure = await draw(
      'timeline',
      study([
        at(0, 10 * minute, '1'),
        at(0, 4 * minute, '0', 'pruned'),
        at(minute, 9 * minute, '1', 'fail'),
        at(5 * minute, null, '0', 'running'),
        at(null, null, '0', 'waiting'),
      ]),
    );
    const { x, y } = figure.panels[0] as CartesianPanel;
    // From the bottom.
    expect(y.categories).toEqual(['1 (2)', '1 (1)', '0']);
    expect(x).toMatchObject({ label: 'UTC, 1970-01-01 00:00:00 to 1970-01-01 00:10:00', scale: 'time' });
    expect(marksOf(figure, 'boxes', 'main')).toMatchObject([
      { left: [0], right: [10 * minute], bottom: [0.6] },
    ]);
    expect(marksOf(figure, 'boxes', 'fail')).toMatchObject([{ left: [minute], bottom: [-0.4] }]);
    // What runs is drawn up to the last time that is known.
    expect(marksOf(figure, 'boxes', 'muted')).toMatchObject([
      { left: [5 * minute], right: [10 * minute], bottom: [1.6] },
    ]);
    expect(figure.legend.map(({ label }) => label)).toEqual([
      'complete: 1',
      'pruned: 1',
      'failed: 1',
      'running: 1',
    ]);
  });

  test('shows trials that ran at once in rows of their own, and more than there are rows in the last one', async () => {
    const figure = await draw('timeline', study(Array.from({ length: 40 }, () => at(0, minute, ''))));
    const { y } = figure.panels[0] as CartesianPanel;
    expect(y.categories).toHaveLength(32);
    expect(y.categories[0]).toBe('more');
    expect(figure.notes).toContain('trials of further slots are in the last row, over each other');
  });
});

test.each([true, false])(
  'lines of more series than colors end in letters of their own (Unicode: %s)',
  async (isUnicode) => {
    const steps = [
      [1, 3],
      [2, 1],
    ] as const;
    const trials = [...Array(10).keys()].map((k) => ({ ...complete(a(k), k), steps }));
    const figure = await draw('curves', study(trials), { top: 10 });
    const text = renderTerminal(figure, { columns: 200, rows: 30, isUnicode, hasColor: false });
    for (const [k, letter] of [...'ABCDEFGHIJ'].entries())
      expect(text).toContain(`${letter} trial ${k}: ${k}`);
  },
);

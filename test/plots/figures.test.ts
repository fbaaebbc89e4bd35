import { describe, expect, test } from 'vitest';
import { categorical, float } from '../../src/core/distribution.js';
import type { CartesianPanel, ParallelPanel } from '../../src/plots/figure.js';
import { renderTerminal } from '../../src/plots/terminal/terminal.js';
import { complete, draw, type MadeTrial, marksOf, RAN, study } from './support.js';

const a = (k: number) => ({ a: k / 20 });

describe('history', () => {
  test('keeps the best so far to the last trial, up or down by the direction', async () => {
    const values = [3, 5, 2, 4, 6];
    const down = study(values.map((value, k) => complete(a(k), value)));
    const up = { ...down, objectives: [{ metric: 'loss', direction: 'maximize' as const }] };
    expect(marksOf(await draw('history', down), 'line', 'best')).toMatchObject([
      { x: [0, 2, 4], y: [3, 2, 2] },
    ]);
    expect(marksOf(await draw('history', up), 'line', 'best')).toMatchObject([
      { x: [0, 1, 4], y: [3, 5, 6] },
    ]);
  });

  test('counts no infeasible value, and marks it', async () => {
    const trials = [complete(a(0), 3), { ...complete(a(1), 1), violations: [0.5] }];
    const figure = await draw('history', study(trials));
    expect(marksOf(figure, 'line', 'best')).toMatchObject([{ x: [0, 1], y: [3, 3] }]);
    expect(marksOf(figure, 'points', 'infeasible')).toMatchObject([{ x: [1], y: [1], shape: 'cross' }]);
    expect(figure.legend.map(({ label }) => label)).toContain('infeasible (breaks a limit)');
  });

  test('with repeats, a lucky seed is no new best: the mean counts, with its deviation', async () => {
    const trials = [5, 7, 1, 15].map((value, k) => complete(a(k >> 1), value));
    const figure = await draw('history', study(trials, { repeats: 2 }));
    expect(marksOf(figure, 'line', 'best')).toMatchObject([{ x: [1, 3], y: [6, 6] }]);
    const spread = Math.SQRT2;
    expect(marksOf(figure, 'intervals', 'muted')).toMatchObject([
      { x: [1, 3], low: [6 - spread, expect.any(Number)], high: [6 + spread, expect.any(Number)] },
    ]);
  });

  test('leaves out what a person has hidden, and says so', async () => {
    const trials = [complete(a(0), 3), { ...complete(a(1), 7), hidden: true }];
    const figure = await draw('history', study(trials));
    expect(marksOf(figure, 'points', 'main')).toMatchObject([{ x: [0], y: [3] }]);
    expect(figure.notes).toEqual(['1 hidden trial left out']);
  });

  test('says what it leaves out', async () => {
    const far = [...Array(30).keys()].map((k) => complete(a(k), k < 28 ? 1 + k / 28 : 1e6));
    const pruned: MadeTrial = { ...complete(a(30), 9), state: 'pruned' };
    const infinite = complete(a(31), Number.POSITIVE_INFINITY);
    const made = study([...far, pruned, infinite]);
    expect((await draw('history', made)).notes).toEqual([
      '2 outliers not shown',
      '1 infinite value not shown',
      '1 pruned trial not shown',
    ]);
    expect((await draw('history', made, { showsOutliers: true })).notes).not.toContain(
      '2 outliers not shown',
    );
    const negative = study([-1, 0, 1, 2].map((value, k) => complete(a(k), value)));
    expect((await draw('history', negative, { isLogY: true })).notes).toEqual([
      '2 values at or below 0 not shown on a log axis',
    ]);
  });
});

describe('curves', () => {
  const curve = (k: number, state: 'complete' | 'pruned'): MadeTrial => ({
    params: { a: k / 1000 },
    state,
    values: [k],
    steps: [1, 2, 3].map((step) => [step, k + 1 / step] as const),
    violations: [],
    ...RAN,
    hidden: false,
  });

  test('draws few others as lines, pruned ones apart, and many as bands', async () => {
    const few = await draw(
      'curves',
      study([0, 1, 2, 3].map((k) => curve(k, k === 3 ? 'pruned' : 'complete'))),
      {
        top: 2,
      },
    );
    expect(marksOf(few, 'line', 'series-0')).toMatchObject([{ x: [1, 2, 3], y: [1, 0.5, 1 / 3] }]);
    expect(marksOf(few, 'line', 'muted')).toHaveLength(1);
    expect(marksOf(few, 'line', 'pruned')).toHaveLength(1);
    expect(few.legend[0]?.label).toBe('trial 0: 0');
    const many = await draw('curves', study([...Array(101).keys()].map((k) => curve(k, 'complete'))), {
      top: 1,
    });
    // Of the curves 1 to 100: quartiles at the first step.
    expect(marksOf(many, 'band', 'muted')[1]).toMatchObject({
      isStrong: true,
      low: [26.75, 26.25, expect.any(Number)],
    });
  });
});

describe('slice', () => {
  test('gives each parameter a panel: log where it is searched so, trials without it in a place of their own', async () => {
    const params = [
      { name: 'lr', distribution: float(1e-6, 1, { log: true }) },
      { name: 'momentum', distribution: float(0, 1) },
    ];
    const trials = [complete({ lr: 0.1, momentum: 0.5 }, 1), complete({ lr: 0.001 }, 2)];
    const figure = await draw('slice', study(trials, { params }));
    const [lr, momentum] = figure.panels as CartesianPanel[];
    expect(lr?.x).toMatchObject({ label: 'lr', scale: 'log', absent: null });
    expect(momentum?.x).toMatchObject({ label: 'momentum', scale: 'linear', absent: 'not set' });
    expect(figure.notes).toContain('1 of 2 trials without momentum at the left edge');
  });

  test('says of which choices no trial has a result, as if nobody had tried them', async () => {
    const params = [{ name: 'activation', distribution: categorical(['relu', 'tanh', 'none']) }];
    const of = (activation: string) => complete({ activation }, 1);
    const trials = [of('tanh'), { ...of('relu'), state: 'pruned' as const }, { ...of('relu'), values: null }];
    const { notes } = await draw('slice', study([...trials, of('tanh')], { params }));
    expect(notes.filter((note) => note.includes('activation'))).toEqual([
      'no result of the 2 trials with activation relu',
    ]);
  });
});

describe('parallel', () => {
  test('needs a parameter, as slices do', async () => {
    const made = study([complete({}, 1)], { params: [] });
    for (const kind of ['parallel', 'slice'])
      expect(await draw(kind, made)).toMatchObject({ panels: [], notes: ['the study has no parameters'] });
  });

  test('draws some hundred lines of many trials, and the best in front', async () => {
    const trials = [...Array(1000).keys()].map((k) => complete({ a: k / 1000 }, (k + 500) % 1000));
    const figure = await draw('parallel', study(trials), { top: 3 });
    const { lines, axes } = figure.panels[0] as ParallelPanel;
    expect(axes.map(({ label }) => label)).toEqual(['a', 'loss']);
    expect(lines).toHaveLength(303);
    expect(lines.slice(-3).map(({ values }) => values[1])).toEqual([2, 1, 0]);
    expect(figure.notes).toContain('300 of 1,000 lines, from the best to the worst, and the best 3');
  });
});

describe('pareto', () => {
  const objectives = ['x', 'y', 'z'].map((metric) => ({ metric, direction: 'minimize' as const }));

  test('draws the front of two objectives as a line, infeasible configurations as crosses', async () => {
    const trials = [
      complete(a(0), 1, 3),
      complete(a(1), 3, 1),
      complete(a(2), 3, 3),
      { ...complete(a(3), 0, 0), violations: [1] },
    ];
    const figure = await draw('pareto', study(trials, { objectives: objectives.slice(0, 2) }));
    expect(marksOf(figure, 'line', 'best')).toMatchObject([{ x: [1, 3], y: [3, 1] }]);
    expect(marksOf(figure, 'points', 'muted')).toMatchObject([{ x: [3], y: [3] }]);
    expect(marksOf(figure, 'points', 'infeasible')).toMatchObject([{ x: [0], y: [0] }]);
  });

  test('draws three objectives as pairs', async () => {
    const figure = await draw('pareto', study([complete(a(0), 1, 2, 3)], { objectives }));
    expect(
      figure.panels.map((panel) => panel.type === 'cartesian' && [panel.x.label[0], panel.y.label[0]]),
    ).toEqual([
      ['x', 'y'],
      ['x', 'z'],
      ['y', 'z'],
    ]);
  });
});

describe('importance', () => {
  test('has a bar with an interval for each parameter, and says too few', async () => {
    const figure = await draw('importance', study([0, 1, 2].map((k) => complete(a(k), k))));
    const [bars] = marksOf(figure, 'bars', 'muted');
    expect(bars).toMatchObject({ value: [1], low: [1], high: [1] });
    expect(figure.notes[0]).toBe(
      'too few: 3 configurations for 1 parameter; below 8 the order is mostly chance',
    );
  });

  test('has no bars where all values are the same, and says so', async () => {
    const figure = await draw('importance', study([0, 1, 2].map((k) => complete(a(k), 7))));
    expect(figure.panels).toEqual([]);
    expect(figure.notes).toEqual(['loss was 7 in all 3 complete configurations: no parameter changes it']);
  });
});

test('a terminal shows the figure in plain characters where it has no others', async () => {
  const figure = await draw('history', study([3, 2, 4].map((value, k) => complete(a(k), value))));
  const style = { columns: 40, rows: 16, isUnicode: false, hasColor: false };
  expect(`\n${renderTerminal(figure, style)}\n`).toMatchInlineSnapshot(`
    "
    History of loss
    o trial   = best so far
    loss (lower is better)
      4 |                                 o
        |
    3.5 |
      3 | =================
    2.5 |                 !
        |                 !
      2 |                 =================
        +-+---------------+---------------+-
          0               1               2
                        trial
    "
  `);
  expect(`\n${renderTerminal(figure, { ...style, isUnicode: true })}\n`).toMatchInlineSnapshot(`
    "
    History of loss
    ⠂ trial   ━ best so far
    loss (lower is better)
      4 │                                 ⠐
        │
    3.5 │
      3 │ ━━━━━━━━━━━━━━━━━
    2.5 │                 ┃
        │                 ┃
      2 │                 ━━━━━━━━━━━━━━━━━
        └─┴───────────────┴───────────────┴─
          0               1               2
                        trial
    "
  `);
});

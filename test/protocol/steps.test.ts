import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLine } from '../../src/protocol/metric.js';
import { type StepPoint, StepTracker } from '../../src/protocol/steps.js';

function read(...lines: string[]): { points: [string, number | null, number][]; warnings: string[] } {
  const tracker = new StepTracker();
  const points: StepPoint[] = [];
  const warnings: string[] = [];
  for (const line of lines) {
    const parsed = parseLine(line);
    if (parsed.kind === 'log') continue;
    const tracked = tracker.track(parsed.entries);
    points.push(...tracked.points);
    warnings.push(...tracked.warnings);
  }
  return { points: points.map((p) => [p.name, p.step, p.value]), warnings };
}

describe('StepTracker', () => {
  it('takes the step of a line from its epoch or step, wherever it stands', () => {
    expect(read('METRIC epoch=3 loss=0.5 acc=0.9', 'METRIC loss=0.4 step=4')).toEqual({
      points: [
        ['loss', 3, 0.5],
        ['acc', 3, 0.9],
        ['loss', 4, 0.4],
      ],
      warnings: [],
    });
  });

  it('gives step-less lines the current step that a line with nothing else set', () => {
    expect(
      read('METRIC epoch=1', 'METRIC loss=0.5', 'METRIC acc=0.9', 'METRIC epoch=2', 'METRIC loss=0.4').points,
    ).toEqual([
      ['loss', 1, 0.5],
      ['acc', 1, 0.9],
      ['loss', 2, 0.4],
    ]);
  });

  it('keeps the current step when a fuller line names another', () => {
    expect(read('METRIC epoch=1', 'METRIC epoch=5 loss=1', 'METRIC acc=2').points).toEqual([
      ['loss', 5, 1],
      ['acc', 1, 2],
    ]);
  });

  it('counts the reports of each metric from 1 when nothing names a step', () => {
    expect(read('METRIC loss=3', 'METRIC loss=2 acc=7', 'METRIC loss=1').points).toEqual([
      ['loss', 1, 3],
      ['loss', 2, 2],
      ['acc', 1, 7],
      ['loss', 3, 1],
    ]);
  });

  it('takes a step-less report after stepped ones for the final value, for that metric only', () => {
    expect(
      read('METRIC epoch=1 loss=3', 'METRIC epoch=2 loss=2', 'METRIC loss=1.5', 'METRIC test=9'),
    ).toEqual({
      points: [
        ['loss', 1, 3],
        ['loss', 2, 2],
        ['loss', null, 1.5],
        ['test', 1, 9],
      ],
      warnings: [],
    });
  });

  it('does not take counted steps for named ones', () => {
    expect(read('METRIC loss=3', 'METRIC loss=2').points.map((p) => p[1])).toEqual([1, 2]);
  });

  it('warns of a step reported again and gives both values in order', () => {
    const again = read('METRIC epoch=1 loss=3', 'METRIC epoch=1 loss=2', 'METRIC epoch=1 acc=5');
    expect(again.points).toEqual([
      ['loss', 1, 3],
      ['loss', 1, 2],
      ['acc', 1, 5],
    ]);
    expect(again.warnings).toEqual([expect.stringContaining('loss was reported again at step 1')]);
    expect(read('METRIC epoch=1 loss=3 loss=4').warnings).toHaveLength(1);
  });

  it.each(['epoch=-1', 'epoch=1.5', 'step=nan', 'step=inf', 'epoch=1e300', 'epoch=1 epoch=2'])(
    'leaves out a line with %s, with a warning',
    (step) => {
      const { points, warnings } = read(`METRIC ${step} loss=1`, `METRIC ${step}`, 'METRIC acc=1');
      expect(points).toEqual([['acc', 1, 1]]);
      expect(warnings).toHaveLength(2);
    },
  );

  it('lets epoch name the step when both are there; step is then a metric', () => {
    expect(read('METRIC epoch=2 step=900 loss=1').points).toEqual([
      ['step', 2, 900],
      ['loss', 2, 1],
    ]);
    expect(read('METRIC epoch=2 step=900', 'METRIC loss=1').points).toEqual([
      ['step', 2, 900],
      ['loss', 2, 1],
    ]);
  });

  it('takes 0, -0 and 3.0 for integers', () => {
    expect(read('METRIC epoch=-0 loss=1', 'METRIC epoch=3.0 loss=2').points).toEqual([
      ['loss', 0, 1],
      ['loss', 3, 2],
    ]);
  });

  it('gives every value of a well-formed report a place: no value is lost, none invented', () => {
    const name = fc.constantFrom('loss', 'acc', 'epoch', 'step');
    const entry = fc.tuple(name, fc.oneof(fc.nat({ max: 5 }), fc.double()));
    fc.assert(
      fc.property(fc.array(fc.array(entry, { minLength: 1, maxLength: 4 }), { maxLength: 20 }), (lines) => {
        const tracker = new StepTracker();
        for (const line of lines) {
          const { points, warnings } = tracker.track(line);
          for (const point of points) {
            expect(point.step === null || (Number.isSafeInteger(point.step) && point.step >= 0)).toBe(true);
          }
          const values = line.filter(([n]) => n !== 'epoch' && n !== 'step');
          const placed = points.filter((p) => p.name !== 'epoch' && p.name !== 'step');
          const leftOut = warnings.some((warning) => warning.includes('left out'));
          expect(placed.map((p) => [p.name, p.value])).toEqual(leftOut ? [] : values);
        }
      }),
    );
  });
});

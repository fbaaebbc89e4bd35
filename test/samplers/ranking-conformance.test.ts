import { describe, expect, test } from 'vitest';
import { float } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace, paramsKey } from '../../src/core/space.js';
import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import type { Direction } from '../../src/core/trial.js';
import { samplers } from '../../src/samplers/registry.js';
import type { Sampler } from '../../src/samplers/sampler.js';
import { config, loadSampler, viewOf } from './support.js';

const space = makeSpace([
  { name: 'x', distribution: float(0, 1) },
  { name: 'y', distribution: float(0, 1) },
]);
const TRIALS = 60;
/** So many proposals at the end show where a sampler has come to. */
const LAST = 20;

type Result = Parameters<typeof config>[2];
type Case = {
  readonly title: string;
  /** What becomes of a point on the wrong half, which looks better than all of the right one. */
  readonly wrong: (value: number, k: number) => Result;
  /** The same as a sampler sees it that makes no difference. */
  readonly blind: (config: ConfigView) => ConfigView;
};

const CASES: readonly Case[] = [
  {
    title: 'what breaks a limit',
    wrong: (value) => ({ value, violations: [0.3], steps: [[0, value]] }),
    blind: (each) => ({ ...each, violations: [] }),
  },
  {
    title: 'what breaks a limit, where pruned trials reported none,',
    wrong: (value, k) =>
      k % 2 === 0
        ? { value, violations: [0.3], steps: [[0, value]] }
        : { value, state: 'pruned', steps: [[0, value]] },
    blind: (each) => ({ ...completed(each), violations: [] }),
  },
  {
    title: 'what was pruned',
    wrong: (value) => ({ value, state: 'pruned', steps: [[0, value]] }),
    blind: completed,
  },
];

function completed(each: ConfigView): ConfigView {
  const trials = each.trials.map((trial) => ({ ...trial, state: 'complete' as const }));
  return { ...each, state: 'complete', trialCount: 1, trials };
}

/** The share of a sampler's last proposals deep in the wrong half; `seen` changes what it is shown. */
function shareOnTheWrongHalf(
  sampler: Sampler,
  { wrong }: Case,
  direction: Direction,
  seen: (config: ConfigView) => ConfigView = (each) => each,
): number {
  const sign = direction === 'maximize' ? -1 : 1;
  const configs: ConfigView[] = [];
  const shown: ConfigView[] = [];
  for (let index = 0; index < TRIALS; index++) {
    const view: StudyView = viewOf(shown, [direction]);
    const proposal = sampler.sample(space, view, { index, rng: makeRng(3, 'ask', index) });
    if ('exhausted' in proposal) throw new Error(proposal.exhausted);
    const { params, attrs = {} } = proposal;
    const [x, y] = [Number(params.x), Number(params.y)];
    const isWrong = x < 0.5;
    const value = (x - (isWrong ? 0.25 : 0.75)) ** 2 + (y - 0.5) ** 2 - (isWrong ? 10 : 0);
    const right: Result = { value: sign * value, violations: [-0.3], steps: [[0, sign * value]] };
    const made = config(index, params, isWrong ? wrong(sign * value, index) : right);
    const found = { ...made, attrs, key: paramsKey(params) };
    configs.push(found);
    shown.push(seen(found));
  }
  return configs.slice(-LAST).filter(({ params }) => Number(params.x) < 0.4).length / LAST;
}

describe.each(samplers.filter(({ reads }) => reads === 'results').map(({ name }) => name))('%s', (name) => {
  test.each(
    CASES.flatMap((each) => (['minimize', 'maximize'] as const).map((direction) => ({ ...each, direction }))),
  )('$title is never preferred, however good it looks ($direction)', async (each) => {
    expect(shareOnTheWrongHalf(await loadSampler(name), each, each.direction)).toBeLessThan(0.5);
    // One that made no difference would be there: the test can fail.
    expect(shareOnTheWrongHalf(await loadSampler(name), each, each.direction, each.blind)).toBeGreaterThan(
      0.5,
    );
  });
});

import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { makeRng, type Rng } from '../../src/core/rng.js';
import type { Direction, TrialState } from '../../src/core/trial.js';
import { optunaSays } from '../support/optuna.js';
import { describeWithReal } from '../support/real-part.js';
import { loadPruner, type Steps, trialOf, viewOf } from './support.js';

/** Decides over peers of one step (0) with these values, unless steps are given. */
async function decide(
  own: Steps,
  peers: readonly (number | Steps)[],
  options: Readonly<Record<string, number>> = {},
  direction: Direction = 'minimize',
) {
  const pruner = await loadPruner('median', { startup_trials: 1, ...options });
  const others = peers.map((peer, k) => [trialOf(k, typeof peer === 'number' ? [[0, peer]] : peer)]);
  const judged = trialOf(99, own, 'running');
  return pruner.decide(judged, viewOf([...others, [judged]], direction));
}

const prunes = async (...args: Parameters<typeof decide>) => (await decide(...args)).prune;

describe('the median rule', () => {
  test('prunes what is worse than the median of its peers at the same step, and keeps a tie', async () => {
    expect(await prunes([[0, 3.1]], [1, 3, 9])).toBe(true);
    expect(await prunes([[0, 3]], [1, 3, 9])).toBe(false);
    expect(await prunes([[0, 2.6]], [1, 2, 3, 9])).toBe(true);
    expect(await prunes([[0, 2.4]], [1, 2, 3, 9])).toBe(false);
    expect(await prunes([[0, 2.9]], [1, 3, 9], {}, 'maximize')).toBe(true);
    expect(await prunes([[0, 3.1]], [1, 3, 9], {}, 'maximize')).toBe(false);
  });

  test('says what was compared', async () => {
    expect((await decide([[0, 4]], [1, 3, 9])).reason).toBe(
      'best 4 is worse than the median 3 of 3 peers at step 0',
    );
  });

  test("judges by this trial's best value so far, against the peers' values at the step alone", async () => {
    const peer: Steps = [
      [0, 0.1],
      [1, 5],
    ];
    expect(
      await prunes(
        [
          [0, 4],
          [1, 9],
        ],
        [peer],
      ),
    ).toBe(false);
    expect(
      await prunes(
        [
          [0, 6],
          [1, 9],
        ],
        [peer],
      ),
    ).toBe(true);
  });

  test('a step without peers never prunes', async () => {
    expect(
      await prunes(
        [[7, 1e9]],
        [
          [[0, 1]],
          [
            [6, 1],
            [8, 1],
          ],
        ],
      ),
    ).toBe(false);
  });

  test('a trial of only NaN is pruned where it has a peer; a NaN among others is left out', async () => {
    expect(await prunes([[0, Number.NaN]], [1])).toBe(true);
    expect(await prunes([[0, Number.NaN]], [[[5, 1]]])).toBe(false);
    expect(
      await prunes(
        [
          [0, 0.5],
          [1, Number.NaN],
        ],
        [[[1, 1]]],
      ),
    ).toBe(false);
    expect(await prunes([[0, Number.NaN]], [], { startup_trials: 0 })).toBe(false);
  });

  test('peers that are NaN at the step are left out of the median; only such peers decide nothing', async () => {
    expect(await prunes([[0, 2]], [Number.NaN, 1, Number.NaN, 1.5])).toBe(true);
    expect(await prunes([[0, 1e9]], [Number.NaN, Number.NaN])).toBe(false);
  });

  test('waits for startup_trials complete configurations; repeats of one count once', async () => {
    expect(await prunes([[0, 9]], [1, 1, 1, 1], { startup_trials: 5 })).toBe(false);
    expect(await prunes([[0, 9]], [1, 1, 1, 1, 1], { startup_trials: 5 })).toBe(true);
    const pruner = await loadPruner('median', { startup_trials: 2 });
    const judged = trialOf(99, [[0, 9]], 'running');
    const repeats = [0, 1, 2].map((number) => trialOf(number, [[0, 1]]));
    expect(pruner.decide(judged, viewOf([repeats, [judged]])).prune).toBe(false);
    expect(pruner.decide(judged, viewOf([repeats, [trialOf(3, [[0, 1]])], [judged]])).prune).toBe(true);
  });

  test('peers are COMPLETE trials: no other state judges or counts', async () => {
    const pruner = await loadPruner('median', { startup_trials: 1 });
    const judged = trialOf(99, [[0, 9]], 'running');
    for (const state of ['waiting', 'running', 'pruned', 'fail'] as const) {
      expect(pruner.decide(judged, viewOf([[trialOf(0, [[0, 1]], state)], [judged]])).prune).toBe(false);
      const mixed = viewOf([[trialOf(0, [[0, 10]])], [trialOf(1, [[0, 1]], state)], [judged]]);
      expect(pruner.decide(judged, mixed).prune).toBe(false);
    }
  });

  test('repeats of one configuration never judge each other', async () => {
    const pruner = await loadPruner('median', { startup_trials: 1 });
    const judged = trialOf(99, [[0, 9]], 'running');
    const sibling = trialOf(0, [[0, 1]]);
    expect(pruner.decide(judged, viewOf([[sibling, judged]])).prune).toBe(false);
    expect(pruner.decide(judged, viewOf([[trialOf(1, [[0, 10]])], [sibling, judged]])).prune).toBe(false);
  });

  test('warmup_steps: a step below is never pruned', async () => {
    const peer: Steps = [
      [2, 1],
      [3, 1],
    ];
    expect(await prunes([[2, 9]], [peer], { warmup_steps: 3 })).toBe(false);
    expect(await prunes([[3, 9]], [peer], { warmup_steps: 3 })).toBe(true);
  });

  test('interval_steps: the first report of each interval decides, also when its step is late', async () => {
    const peer: Steps = Array.from({ length: 12 }, (_, step) => [step, 1] as const);
    const at = (...steps: number[]) =>
      prunes(
        steps.map((step) => [step, 9] as const),
        [peer],
        { warmup_steps: 1, interval_steps: 4 },
      );
    expect(await at(0, 1)).toBe(true);
    expect(await at(0, 1, 2)).toBe(false);
    expect(await at(1, 4)).toBe(false);
    expect(await at(1, 5)).toBe(true);
    expect(await at(1, 7)).toBe(true);
    expect(await at(1, 7, 8)).toBe(false);
    expect(await at(1, 7, 9)).toBe(true);
  });

  test('min_trials: so many peers must have a value at the step', async () => {
    const peers: Steps[] = [
      [
        [0, 1],
        [1, 1],
      ],
      [[0, 1]],
    ];
    expect(await prunes([[0, 9]], peers, { min_trials: 2 })).toBe(true);
    expect(await prunes([[1, 9]], peers, { min_trials: 2 })).toBe(false);
  });

  test('stands infinite values', async () => {
    const inf = Number.POSITIVE_INFINITY;
    expect(await prunes([[0, inf]], [1, 2, 3])).toBe(true);
    expect(await prunes([[0, 5]], [inf, inf, 1])).toBe(false);
    expect(await prunes([[0, -inf]], [1], {}, 'maximize')).toBe(true);
  });
});

type Peer = { readonly state: TrialState; readonly steps: Steps };
type Case = {
  readonly direction: Direction;
  readonly options: Readonly<
    Record<'startup_trials' | 'warmup_steps' | 'interval_steps' | 'min_trials', number>
  >;
  readonly peers: readonly Peer[];
  readonly steps: Steps;
};

/** Tenths, so that ties are common; gaps between steps; now and then a NaN. */
function randomSteps(rng: Rng): Steps {
  const nanShare = rng.float() < 0.15 ? 0.8 : 0.1;
  const density = rng.float() < 0.5 ? 1 : 0.8;
  return Array.from({ length: 1 + rng.int(8) }, (_, step) => step)
    .filter(() => rng.float() < density)
    .map((step) => [step, rng.float() < nanShare ? Number.NaN : rng.int(11) / 10]);
}

function randomCase(rng: Rng): Case {
  const states: readonly TrialState[] = ['complete', 'complete', 'complete', 'pruned', 'fail', 'running'];
  return {
    direction: rng.int(2) === 0 ? 'minimize' : 'maximize',
    options: {
      startup_trials: rng.int(3),
      warmup_steps: rng.int(2),
      interval_steps: 1 + rng.int(2),
      min_trials: 1 + rng.int(2),
    },
    peers: Array.from({ length: rng.int(14) }, () => ({
      state: states[rng.int(states.length)] as TrialState,
      steps: randomSteps(rng),
    })),
    steps: randomSteps(rng),
  };
}

describeWithReal('optuna', "Optuna's MedianPruner", () => {
  test('decides the same in 600 random cases', async () => {
    const rng = makeRng(11);
    const cases = Array.from({ length: 600 }, () => randomCase(rng));
    // A tie on paper that the last bit decides: the median of 0.1 and 0.7 is 0.39999999999999997.
    const options = { startup_trials: 0, warmup_steps: 0, interval_steps: 1, min_trials: 1 };
    const peers = [0.1, 0.7].map((value): Peer => ({ state: 'complete', steps: [[0, value]] }));
    cases.push({ direction: 'minimize', options, peers, steps: [[0, 0.4]] });
    // NaN has no JSON.
    const input = JSON.stringify(cases, (_, value: unknown) => (Number.isNaN(value) ? 'nan' : value));
    const script = fileURLToPath(new URL('./fixtures/median_decisions.py', import.meta.url));
    const theirs = JSON.parse(await optunaSays([script], { input })) as boolean[];
    const ours = await Promise.all(
      cases.map(async ({ direction, options, peers, steps }) => {
        const pruner = await loadPruner('median', options);
        const judged = trialOf(99, steps, 'running');
        const others = peers.map((peer, k) => [trialOf(k, peer.steps, peer.state)]);
        return pruner.decide(judged, viewOf([...others, [judged]], direction, null)).prune;
      }),
    );
    expect(theirs.filter(Boolean).length).toBeGreaterThan(60);
    const different = cases.filter((_, k) => ours[k] !== theirs[k]);
    expect(different).toEqual([]);
    expect(ours).toEqual(theirs);
  });
});

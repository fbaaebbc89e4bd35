import { describe, expect, test } from 'vitest';
import type { OptionValues } from '../../src/core/component-options.js';
import type { TrialView } from '../../src/core/trial.js';
import { bracketOf } from '../../src/pruners/brackets.js';
import { bracketShares } from '../../src/pruners/hyperband.js';
import { curve, decide, nan, prunes } from './decide.js';
import { loadPruner, type Steps, trialOf, viewOf } from './support.js';

describe('percentile', () => {
  const peers = [1, 2, 3, 4].map((value, k) => [trialOf(k, [[0, value]])]);
  test('lets the best share go on', async () => {
    const o = { percentile: 25, startup_trials: 1 };
    expect(await prunes('percentile', [[0, 1.7]], peers, o)).toBe(false);
    expect(await prunes('percentile', [[0, 1.8]], peers, o)).toBe(true);
    expect(await prunes('percentile', [[0, 3.3]], peers, o, 'maximize')).toBe(false);
    expect(await prunes('percentile', [[0, 3.2]], peers, o, 'maximize')).toBe(true);
    expect((await decide('percentile', [[0, 9]], peers, o)).reason).toContain('percentile 25');
  });
});

describe('asha', () => {
  const o = { min_resource: 2, reduction_factor: 2 };
  const at2 = (number: number, value: number, state: 'pruned' | 'running' = 'pruned') =>
    [trialOf(number, [[2, value]], state)] as const;

  test('decides at a rung only, over all that came to it in whatever state', async () => {
    const peers = [at2(0, 1), at2(1, 2, 'running'), at2(2, 5)];
    expect(await prunes('asha', [[1, 9]], peers, o)).toBe(false);
    expect(await prunes('asha', [[2, 3]], peers, o)).toBe(true);
    expect(await prunes('asha', [[2, 1.5]], peers, o)).toBe(false);
    expect(await prunes('asha', curve(9, 9, 1.5, 9), peers, o)).toBe(false);
  });

  test('a step that was skipped: the next report is the one that counts', async () => {
    const late = [trialOf(0, [[3, 1]], 'running')];
    expect(
      await prunes(
        'asha',
        [
          [0, 0],
          [3, 2],
        ],
        [late],
        o,
      ),
    ).toBe(true);
    expect(
      await prunes(
        'asha',
        [
          [0, 0],
          [3, 0.5],
        ],
        [late],
        o,
      ),
    ).toBe(false);
  });

  test('NaN at a rung stops, and lost against numbers', async () => {
    expect(await prunes('asha', curve(1, 1, nan), [at2(0, 9)], o)).toBe(true);
    expect(await prunes('asha', curve(1, nan), [], o)).toBe(false);
    expect(await prunes('asha', [[2, 1e9]], [at2(0, nan), at2(1, nan)], o)).toBe(false);
  });

  test('repeats of one configuration do not compete; elsewhere their mean does, once', async () => {
    const repeats = [trialOf(98, curve(0, 0, 0)), trialOf(99, curve(9, 9, 9), 'running')];
    expect(await prunes('asha', repeats, [], o)).toBe(false);
    const other = [trialOf(0, [[2, 1]]), trialOf(1, [[2, 5]])];
    expect(await prunes('asha', [[2, 2.9]], [other], o)).toBe(false);
    expect(await prunes('asha', [[2, 3.1]], [other], o)).toBe(true);
  });

  test('min_resource 0 takes a sixteenth of max_steps, or waits for a complete trial and takes a sixteenth of that', async () => {
    const unknown = (own: Steps, peers: TrialView[][]) => decide('asha', own, peers, {}, 'minimize', null);
    const running = [trialOf(0, [[3, 0]], 'running')];
    expect((await unknown([[3, 5]], [running])).reason).toContain('no complete trial');
    const long = [
      trialOf(0, [
        [2, 0],
        [3, 0],
        [50, 0],
      ]),
    ];
    expect((await unknown([[2, 5]], [long])).prune).toBe(false);
    expect((await unknown([[3, 5]], [long])).prune).toBe(true);
    expect((await decide('asha', [[3, 5]], [running], {}, 'minimize', 50)).prune).toBe(true);
    expect((await decide('asha', [[3, 5]], [running], {}, 'minimize', 64)).prune).toBe(false);
  });

  test('min_steps: no rung lies below', async () => {
    const peers = [at2(0, 1), [trialOf(1, [[5, 1]], 'running')]];
    expect(await prunes('asha', [[2, 9]], peers, { ...o, min_steps: 5 })).toBe(false);
    expect(await prunes('asha', [[5, 9]], peers, { ...o, min_steps: 5 })).toBe(true);
  });

  test('bootstrap_count: the first at a rung go no further', async () => {
    const bootstrap = { ...o, bootstrap_count: 2 };
    expect(await prunes('asha', [[2, 0]], [at2(0, 1)], bootstrap)).toBe(true);
    expect(await prunes('asha', [[2, 0]], [at2(0, 1), at2(1, 1)], bootstrap)).toBe(false);
  });
});

describe('hyperband', () => {
  test('has the brackets of the paper, and no rounding takes one away', () => {
    expect(bracketShares(1, 81, 3)).toEqual([81, 34, 15, 8, 5]);
    expect(bracketShares(1, 243, 3).length).toBe(6);
    expect(bracketShares(1, 125, 5).length).toBe(4);
  });

  test('spreads configurations over the brackets by their shares from the first on', () => {
    const shares = bracketShares(1, 27, 3);
    const total = shares.reduce((a, b) => a + b, 0);
    for (const count of [20, 200]) {
      const brackets = Array.from({ length: count }, (_, number) => bracketOf(number, shares));
      for (const [bracket, share] of shares.entries()) {
        const found = brackets.filter((each) => each === bracket).length;
        expect(Math.abs(found - (count * share) / total)).toBeLessThan(3);
      }
    }
  });

  test('max_resource 0 takes max_steps: its brackets are those of whole trials from the first on', async () => {
    const peers = Array.from({ length: 40 }, (_, k) => [trialOf(k, [[1, k]], 'running')]);
    const { reason } = await decide('hyperband', [[1, 99]], peers, {}, 'minimize', 27);
    expect(reason).toMatch(/ of 4\)$/);
  });

  test('min_steps: the first bracket begins there', async () => {
    const at = async (step: number) => {
      const peers = Array.from({ length: 40 }, (_, k) => [trialOf(k, [[step, k]], 'running')]);
      const stopped = peers.map((_, k) =>
        prunes(
          'hyperband',
          [trialOf(100 + k, [[step, 99]], 'running')],
          peers,
          { min_steps: 3 },
          'minimize',
          81,
        ),
      );
      return (await Promise.all(stopped)).filter(Boolean).length;
    };
    expect(await at(1)).toBe(0);
    expect(await at(2)).toBe(0);
    expect(await at(3)).toBeGreaterThan(10);
  });

  test('configurations compete within their bracket, and its repeats share one', async () => {
    const o = { min_resource: 1, max_resource: 9, reduction_factor: 3 };
    const shares = bracketShares(1, 9, 3);
    const numbers = Array.from({ length: 60 }, (_, number) => number);
    const early = numbers.filter((number) => bracketOf(number, shares) === 0);
    const middle = numbers.filter((number) => bracketOf(number, shares) === 1);
    const [a, b, c] = [early[0], early[1], middle[0]] as [number, number, number];
    const other = [trialOf(a, [[1, 0]], 'running')];
    expect(await prunes('hyperband', [trialOf(b, [[1, 5]], 'running')], [other], o)).toBe(true);
    expect(await prunes('hyperband', [trialOf(c, [[1, 5]], 'running')], [other], o)).toBe(false);
    // A later repeat with a number of another bracket is judged in its configuration's.
    expect(await prunes('hyperband', [trialOf(b, []), trialOf(c, [[1, 5]], 'running')], [other], o)).toBe(
      true,
    );
  });
});

describe('patient', () => {
  test('stops what has got worse for longer than patience, by more than min_delta', async () => {
    expect(await prunes('patient', curve(1, 2, 3), [], { patience: 1 })).toBe(true);
    expect(await prunes('patient', curve(1, 2, 3), [], { patience: 2 })).toBe(false);
    expect(await prunes('patient', curve(1, 2, 1), [], { patience: 1 })).toBe(false);
    expect(await prunes('patient', curve(1, 2, 3), [], { patience: 1, min_delta: 1.5 })).toBe(false);
    expect(await prunes('patient', curve(3, 2, 1), [], { patience: 1 }, 'maximize')).toBe(true);
    expect(await prunes('patient', curve(1, 2, 3), [], { patience: 1, warmup_steps: 3 })).toBe(false);
  });

  test('after a complete trial it stops none at what may be its last step', async () => {
    const stops = async (count: number, peers: TrialView[][]) =>
      (await decide('patient', curve(1, 2, 3, 4).slice(0, count), peers, { patience: 1 }, 'minimize', null))
        .prune;
    const complete = [[trialOf(0, curve(1, 1, 1, 1))]];
    expect(await stops(4, [])).toBe(true);
    expect(await stops(4, complete)).toBe(false);
    expect(await stops(3, complete)).toBe(true);
  });

  test('NaN is no improvement', async () => {
    expect(await prunes('patient', curve(1, nan, nan), [], { patience: 1 })).toBe(true);
    expect(await prunes('patient', curve(nan, nan, nan), [], { patience: 1 })).toBe(true);
    expect(await prunes('patient', curve(nan, nan, 5), [], { patience: 1 })).toBe(false);
  });

  describe('around another pruner', () => {
    const around = (name: string, options: OptionValues = {}) => ({
      patience: 1,
      around: { name, options },
    });
    const median = around('median', { startup_trials: 1 });
    const good = [trialOf(0, curve(0, 0, 0))];
    const bad = [trialOf(0, curve(9, 9, 9))];

    test('stops where both say so, and spares what one of them would let go on', async () => {
      const [worsening, improving] = [curve(1, 2, 3), curve(3, 2, 1)];
      expect(await prunes('patient', worsening, [good], median)).toBe(true);
      expect(await prunes('patient', worsening, [bad], median)).toBe(false);
      expect(await prunes('patient', improving, [good], median)).toBe(false);
    });

    test('fills in the defaults of the other one', async () => {
      const peers = Array.from({ length: 5 }, (_, k) => [trialOf(k, curve(0, 0, 0))]);
      expect(await prunes('patient', curve(1, 2, 3), peers.slice(1), around('median'))).toBe(false);
      expect(await prunes('patient', curve(1, 2, 3), peers, around('median'))).toBe(true);
    });

    test('around none it decides alone', async () => {
      expect(await prunes('patient', curve(1, 2, 3), [bad], around('none'))).toBe(true);
    });

    test('around asha it stops at a rung or not at all', async () => {
      const asha = around('asha', { min_resource: 2, reduction_factor: 2 });
      expect(await prunes('patient', curve(1, 2, 3), [good], asha)).toBe(true);
      expect(await prunes('patient', curve(1, 2, 3, 4), [good], asha)).toBe(false);
    });

    test('says what both of them found', async () => {
      const pruner = await loadPruner('patient', median);
      const judged = trialOf(9, curve(1, 2, 3), 'running');
      const { reason } = pruner.decide(judged, viewOf([good, [judged]]));
      expect(reason).toContain('of the last 2 values is worse than 1 before them');
      expect(reason).toContain('worse than the median 0');
    });

    test('knows no pruner but those it can be around', async () => {
      await expect(loadPruner('patient', around('patient'))).rejects.toMatchObject({
        usage: true,
        code: 'pruner.unknown',
      });
    });
  });
});

describe('threshold', () => {
  test('stops what is outside the bounds, or no number', async () => {
    expect(await prunes('threshold', curve(5), [], { upper: 5 })).toBe(false);
    expect(await prunes('threshold', curve(5.1), [], { upper: 5 })).toBe(true);
    expect(await prunes('threshold', curve(0.9), [], { lower: 1 })).toBe(true);
    expect(await prunes('threshold', curve(9, 9, nan), [], {})).toBe(true);
    expect(await prunes('threshold', curve(Number.POSITIVE_INFINITY))).toBe(true);
    expect(await prunes('threshold', curve(9, 9, 9), [], { upper: 5, warmup_steps: 3 })).toBe(false);
  });
});

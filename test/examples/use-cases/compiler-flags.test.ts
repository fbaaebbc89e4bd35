import { expect, test } from 'vitest';
import { describeWithReal } from '../../support/real-part.js';
import { runPage } from './page-run.js';

type Row = {
  readonly configuration: number;
  readonly state: string;
  readonly params: Record<string, unknown>;
  readonly metrics: Record<string, number>;
};
type Side = { readonly params: Row['params']; readonly values: readonly unknown[] };
type Compared = {
  readonly a: Side;
  readonly b: Side;
  readonly objectives: readonly { readonly pairs: readonly unknown[]; readonly tooFew: boolean }[];
};

const TODAY = {
  level: '-O2',
  vectors: '-fno-tree-vectorize',
  target: '-mtune=generic',
  math: '-fno-fast-math',
  unroll: '-fno-unroll-loops',
};

/** Two compilations and six runs in each of 30 trials. */
const SLOW = { timeout: 300_000 };

describeWithReal('gcc', 'docs/guides/compiler-flags.md', () => {
  test('races flags against those of today, fails wrong results, and gives a verdict', SLOW, async () => {
    const { outputs, json } = await runPage('compiler-flags');
    const trials = (await json('trials')) as Row[];
    expect(trials[0]).toMatchObject({ state: 'COMPLETE', params: TODAY });
    // However fast, a program that finds no missing value is wrong; every other one is right.
    for (const { params, state, metrics } of trials) {
      const wrong = params.math === '-ffast-math';
      expect([params, state]).toEqual([params, wrong ? 'FAIL' : 'COMPLETE']);
      expect(Object.keys(metrics).sort()).toEqual(wrong ? [] : ['ms', 'ratio']);
    }
    const configurations = trials.map(({ configuration }) => configuration);
    expect(new Set(configurations).size).toBe(12);
    for (const each of configurations)
      expect(configurations.filter((other) => other === each).length).toBeLessThanOrEqual(3);

    const [best] = (await json('best', '--top', '1')) as Row[];
    const verdict = (await json('compare', '0', '1', '--study', 'verdict')) as Compared;
    expect(verdict.a.params).toEqual(TODAY);
    expect(verdict.b.params).toEqual(best?.params);
    expect(verdict.objectives[0]).toMatchObject({ tooFew: false, pairs: { length: 4 } });
    expect(outputs.at(-1)).toMatch(/ratio of 1 minus that of 0: .*paired t over 4 seeds/);
  });
});

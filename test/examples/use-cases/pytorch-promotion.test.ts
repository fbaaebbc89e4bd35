import { dirname } from 'node:path';
import { expect, test } from 'vitest';
import { describeWithReal, findTorchPython } from '../../support/real-part.js';
import { runPage } from './page-run.js';

type Row = { readonly number: number; readonly state: string; readonly epochs: number };
type Shown = { readonly curves: { readonly accuracy: { readonly steps: readonly number[] } } };
type Study = { readonly savings: { readonly steps: { readonly spent: number; readonly full: number } } };

/** The import of PyTorch alone takes seconds on a small machine, and each attempt imports it. */
const SLOW = { timeout: 300_000 };

describeWithReal('torch', 'docs/guides/pytorch-promotion.md', () => {
  test('promotes the best from their checkpoints, across a kill', SLOW, async () => {
    const path = `${dirname(String(findTorchPython()))}:${dirname(process.execPath)}:${process.env.PATH}`;
    const { outputs, json } = await runPage('pytorch-promotion', { env: { PATH: path } });
    expect(outputs[0]).toContain('killed');
    expect(outputs[1]).toMatch(/study promotion has reached its budget: \d complete, \d pruned/);

    const trials = (await json('trials')) as Row[];
    expect(trials.map(({ number }) => number)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(trials.filter(({ state }) => state === 'COMPLETE').length).toBeGreaterThan(0);
    for (const { number, state, epochs } of trials) {
      expect([state, epochs]).toEqual(state === 'COMPLETE' ? ['COMPLETE', 27] : ['PRUNED', epochs]);
      expect([3, 9, 27]).toContain(epochs);
      const { curves } = (await json('show', String(number))) as Shown;
      expect(curves.accuracy.steps).toEqual(Array.from({ length: epochs }, (_, k) => k + 1));
    }
    const { savings } = (await json('study', 'show', 'promotion')) as Study;
    expect(savings.steps).toEqual({
      spent: trials.reduce((sum, { epochs }) => sum + epochs, 0),
      full: 6 * 27,
    });
    expect(outputs.at(-1)).toMatch(/saved \d+ %: \d+ of 162 epochs spent/);
  });
});

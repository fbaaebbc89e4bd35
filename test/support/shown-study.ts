import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createStudy, TrialPruned } from '../../src/index.js';

export type ShownStudy = { readonly url: string; readonly remove: () => void };

/**
 * Makes a study `shown` of 20 trials in a file, to look at: two repeats of each configuration, a parameter that is not
 * always active, a metric beside the objective, failures and trials that prune themselves. With the same `seed` it is the
 * same every time.
 */
export async function makeShownStudy(): Promise<ShownStudy> {
  const folder = mkdtempSync(join(tmpdir(), 'hpo-shown-'));
  const url = `sqlite:${join(folder, 'shown.db')}`;
  await addStudy(url, 'shown', { seed: 7, shift: 0 });
  return { url, remove: () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }) };
}

/** Adds a study of the same kind to a database; `shift` makes its values worse. */
export async function addStudy(
  url: string,
  name: string,
  { seed, shift }: { readonly seed: number; readonly shift: number },
): Promise<void> {
  const study = await createStudy({
    name,
    storage: url,
    direction: 'minimize',
    metrics: ['loss'],
    sampler: 'random',
    repeats: 2,
    seed,
  });
  try {
    await study.optimize(
      (trial) => {
        const lr = trial.suggestFloat('lr', 1e-4, 1, { log: true });
        const opt = trial.suggestCategorical('opt', ['adam', 'sgd']);
        const momentum = opt === 'sgd' ? trial.suggestFloat('momentum', 0, 1) : 0;
        if (lr > 0.6) throw new Error('diverged\nNaN in layer 3');
        const loss = shift + Math.abs(Math.log10(lr) + 2) + momentum / 10 + ((trial.seed ?? 0) % 97) / 1e4;
        for (let step = 1; step <= 5; step++)
          trial.report({ loss: loss + 1 / step, accuracy: 1 / (1 + loss) }, step);
        if (loss > shift + 1.4) throw new TrialPruned('hopeless');
        return { loss, accuracy: 1 / (1 + loss) };
      },
      { trials: 20, catch: true },
    );
  } finally {
    await study.close();
  }
}

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CHECKPOINTS, makeObserver } from '../search/observer.js';
import { startRivals } from '../search/rivals.js';
import { FIRST_REFERENCE_SEED, families } from './families.js';

const FILE = fileURLToPath(new URL('./data/optuna4.json', import.meta.url));
const RIVAL = 'optuna-tpe';
const TRIALS = CHECKPOINTS.at(-1) as number;

/** `npx tsx bench/tune/collect-optuna.ts`: records the installed Optuna's figures for the families; half an hour. */
async function collect(): Promise<void> {
  const optuna = await startRivals('optuna-gp');
  if (!optuna) throw new Error('expected Optuna; run: bash scripts/real-parts.sh optuna-gp');
  const seeds = Array.from({ length: 20 }, (_, k) => FIRST_REFERENCE_SEED + k);
  const about = `Best value after ${CHECKPOINTS.join(', ')} trials of Optuna ${optuna.versions.optuna}, TPESampler(multivariate, group, constant_liar), seeds ${seeds[0]} to ${seeds.at(-1)} in order. Minimized.`;
  const problems: Record<string, { tpe: (readonly number[])[] }> = {};
  for (const { name, make } of families) {
    const tpe: (readonly number[])[] = [];
    for (const seed of seeds) {
      const { evaluate, best } = makeObserver(make(seed), seed);
      await optuna.search({ rival: RIVAL, space: make(seed).space, seed, trials: TRIALS, evaluate });
      tpe.push(best());
    }
    problems[name] = { tpe };
    writeFileSync(FILE, `${JSON.stringify({ about, problems }, null, 1)}\n`);
    console.error(name);
  }
  optuna.close();
}

await collect();

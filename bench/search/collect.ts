import { writeFileSync } from 'node:fs';
import { makeObserver } from './observer.js';
import { startOptuna } from './optuna.js';
import type { Problem } from './problems.js';

/** Runs the installed Optuna on problems, one search for each seed, and writes the best values; many minutes. */
export async function collect(
  file: string,
  problems: readonly { readonly name: string; readonly make: (seed: number) => Problem }[],
  firstSeed: number,
): Promise<void> {
  const optuna = await startOptuna();
  if (!optuna) throw new Error('expected python3 with optuna; install python3-optuna');
  const seeds = Array.from({ length: 20 }, (_, k) => firstSeed + k);
  const about = `Best value after 25, 50 and 100 trials of Optuna ${optuna.version}, TPESampler(multivariate, group, constant_liar), seeds ${seeds[0]} to ${seeds.at(-1)} in order. Minimized.`;
  const out: Record<string, { tpe: (readonly number[])[] }> = {};
  for (const { name, make } of problems) {
    const rows: (readonly number[])[] = [];
    for (const seed of seeds) {
      const problem = make(seed);
      const observer = makeObserver(problem, seed);
      await optuna.study(problem.space, seed, 100, observer.evaluate);
      rows.push(observer.best());
    }
    out[name] = { tpe: rows };
    writeFileSync(file, `${JSON.stringify({ about, problems: out }, null, 1)}\n`);
    console.error(name);
  }
  optuna.close();
}

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { makeObserver } from './observer.js';
import { startOptuna } from './optuna.js';
import { problems } from './problems.js';

/** `npx tsx bench/search/collect-optuna.ts`: the installed Optuna's figures for the problems that have none; minutes. */
const OUT = fileURLToPath(new URL('./data/optuna4.json', import.meta.url));
const MEASURED = ['sphere10', 'rosen10', 'branin', 'hartmann6'];

const optuna = await startOptuna();
if (!optuna) throw new Error('expected python3 with optuna; install python3-optuna');
const out: Record<string, { tpe: (readonly number[])[] }> = {};
for (const problem of problems.filter(({ name }) => !MEASURED.includes(name))) {
  const rows: (readonly number[])[] = [];
  for (let seed = 0; seed < 20; seed++) {
    const observer = makeObserver(problem, seed);
    await optuna.study(problem.space, seed, 100, observer.evaluate);
    rows.push(observer.best());
  }
  out[problem.name] = { tpe: rows };
  const about = `Best value after 25, 50 and 100 trials of Optuna ${optuna.version}, TPESampler(multivariate, group, constant_liar), seeds 0 to 19 in order. Minimised.`;
  writeFileSync(OUT, `${JSON.stringify({ about, problems: out }, null, 1)}\n`);
  console.error(problem.name);
}
optuna.close();

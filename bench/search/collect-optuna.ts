import { fileURLToPath } from 'node:url';
import { collect } from './collect.js';
import { problems } from './problems.js';

/** `npx tsx bench/search/collect-optuna.ts`: records the installed Optuna's figures for the problems that have none; minutes. */
const MEASURED = ['sphere10', 'rosen10', 'branin', 'hartmann6'];
const others = problems.filter(({ name }) => !MEASURED.includes(name));
const file = fileURLToPath(new URL('./data/optuna4.json', import.meta.url));
await collect(
  file,
  others.map((problem) => ({ name: problem.name, make: () => problem })),
  0,
);

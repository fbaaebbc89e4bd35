import { measureAll, planOf } from './measure-rivals.js';

/**
 * `npx tsx bench/search/collect-rivals.ts MINUTES [RIVAL | PROBLEM ...]`: measures other optimizers where results are missing or
 * of another version; no search begins after so many minutes, and the next call continues. All of it takes days.
 */
const [minutes, ...names] = process.argv.slice(2);
if (!(Number(minutes) > 0))
  throw new Error('expected a number of minutes, then names of rivals and problems');
await measureAll(planOf(names), Date.now() + Number(minutes) * 60_000, (line) => console.error(line));

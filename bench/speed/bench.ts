import type { BenchOptions, Report } from '../bench.js';
import { timeCmaesAsks } from './cmaes-asks.js';
import { timeGpAsks } from './gp-asks.js';
import type { SpeedPart } from './part.js';
import { timePlainAsks } from './plain-asks.js';
import { timeBesideRustuna } from './rustuna.js';

/** In the order of the page. */
const PARTS: ReadonlyMap<string, (options: BenchOptions) => Promise<SpeedPart>> = new Map([
  ['plain', timePlainAsks],
  ['rustuna', timeBesideRustuna],
  ['gp', timeGpAsks],
  ['cmaes', timeCmaesAsks],
]);

/** Measures the time of asking and telling, apart from the objective. */
export async function benchSpeed(options: BenchOptions): Promise<Report> {
  const found: SpeedPart[] = [];
  for (const measure of chosen(options.values.get('--part'))) found.push(await measure(options));
  return {
    title: 'Speed: the time of ask and tell',
    intro:
      'One process, one slot, a sum of squares as the objective. CPU time counts every thread of the process.',
    sections: found.map(({ section }) => section),
    figures: Object.assign({}, ...found.map(({ figures }) => figures)),
  };
}

function chosen(name: string | undefined) {
  if (name === undefined) return [...PARTS.values()];
  const part = PARTS.get(name);
  if (part) return [part];
  throw new Error(`expected --part ${[...PARTS.keys()].join(', ')}, got ${name}`);
}

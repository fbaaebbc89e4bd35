import { withDefaults } from '../../src/core/component-options.js';
import { samplers } from '../../src/samplers/registry.js';
import { makeKeeper } from '../kept-runs.js';
import { compared } from './families.js';
import { fingerprint, type Run } from './kept-rivals.js';
import { search } from './run.js';

/** Raise it when searches are made in another way. */
const REVISION = 1;

/** Returns what this project's samplers find, by problem and sampler; kept until a source of a sampler changes. */
export async function measureOurs(
  seeds: readonly number[],
  say: (line: string) => void,
): Promise<Readonly<Record<string, Readonly<Record<string, readonly Run[]>>>>> {
  const keep = makeKeeper<Run>({
    bench: 'search',
    revision: REVISION,
    sources: ['samplers', 'core', 'curves'],
  });
  const found: Record<string, Record<string, readonly Run[]>> = {};
  // One sampler after the other: the models come last.
  for (const entry of samplers.filter(({ endless }) => endless)) {
    const make = await entry.load();
    for (const problem of compared) {
      say(`${problem.name}: ${entry.name}`);
      const of = fingerprint(problem);
      const runs = seeds.map((seed) =>
        keep(`${problem.name}-${of}-${entry.name}-${seed}`, () =>
          timed(() => search(problem, make(withDefaults(entry.options, {})), seed)),
        ),
      );
      found[problem.name] = { ...found[problem.name], [entry.name]: runs };
    }
  }
  return found;
}

function timed(run: () => readonly number[]): Run {
  const start = process.cpuUsage();
  const best = run();
  const { user, system } = process.cpuUsage(start);
  return { best, cpuSeconds: Number(((user + system) / 1e6).toPrecision(3)) };
}

import { LEAST_SEEDS } from './comparison.js';
import { compared } from './families.js';
import { type RivalResults, resultsOf } from './kept-rivals.js';
import { CHECKPOINTS, makeObserver } from './observer.js';
import type { Problem } from './problems.js';
import { RIVALS, type Rival, type RivalProcess, startRivals } from './rivals.js';

export const FIRST_SEED = 1000;
export const SEEDS: readonly number[] = Array.from({ length: 20 }, (_, k) => FIRST_SEED + k);
const TRIALS = CHECKPOINTS.at(-1) as number;

/** What is measured, in this order. */
export type Plan = { readonly rivals: readonly Rival[]; readonly problems: readonly Problem[] };

export type Limits = Plan & {
  /** Seeds of each problem. */
  readonly seeds: number;
  /** No search begins after this moment. */
  readonly endMs: number;
};

/** Runs what was not measured with the installed version, one search at a time, and keeps each result at once. */
export async function measureRivals(
  { rivals, problems, seeds, endMs }: Limits,
  say: (line: string) => void,
): Promise<void> {
  for (const part of new Set(rivals.map((rival) => rival.part))) {
    if (Date.now() > endMs) return;
    const running = await startRivals(part);
    if (running === null) {
      say(`without ${part}: bash scripts/real-parts.sh ${part} installs it; what was kept is used`);
      continue;
    }
    try {
      for (const rival of rivals.filter((each) => each.part === part))
        await measureRival(running, rival, { problems, seeds, endMs, say });
    } finally {
      running.close();
    }
  }
}

type Part = Omit<Limits, 'rivals'> & { readonly say: (line: string) => void };

/** The problems one after the other, so that a part of the work gives medians for a part of the problems. */
async function measureRival(
  running: RivalProcess,
  rival: Rival,
  { problems, seeds, endMs, say }: Part,
): Promise<void> {
  const version = running.versions[rival.package] ?? '';
  const results = resultsOf(rival, version);
  for (const problem of problems)
    for (const seed of SEEDS.slice(0, seeds)) {
      if (results.run(problem, seed) !== null) continue;
      if (Date.now() > endMs) return;
      say(`${rival.title} on ${problem.name}, seed ${seed}`);
      const error = await measureOne({ running, rival, results }, problem, seed);
      if (error !== null) {
        say(`${rival.title} on ${problem.name}, seed ${seed}, ended: ${error}`);
        break;
      }
    }
}

type Measuring = {
  readonly running: RivalProcess;
  readonly rival: Rival;
  readonly results: RivalResults;
};

/** Returns what ended the search early, whose result is not kept; else null. */
async function measureOne(
  { running, rival, results }: Measuring,
  problem: Problem,
  seed: number,
): Promise<string | null> {
  const observer = makeObserver(problem, seed);
  const { space } = problem;
  const { evaluate } = observer;
  const ended = await running.search({ rival: rival.name, space, seed, trials: TRIALS, evaluate });
  if (ended.error === null)
    results.keep(problem, seed, { best: observer.best(), cpuSeconds: ended.cpuSeconds });
  return ended.error;
}

/** Everything with few seeds before anything with all: the medians of the slow ones count from few. */
export async function measureAll(
  { rivals, problems }: Plan,
  endMs: number,
  say: (line: string) => void,
): Promise<void> {
  const fast = rivals.filter(({ isFast }) => isFast);
  await measureRivals({ rivals: fast, problems, seeds: SEEDS.length, endMs }, say);
  await measureRivals({ rivals, problems, seeds: LEAST_SEEDS, endMs }, say);
  await measureRivals({ rivals, problems, seeds: SEEDS.length, endMs }, say);
}

/** Returns the rivals and the problems with these names; all of a kind where no name is of that kind. */
export function planOf(names: readonly string[]): Plan {
  const known = [...RIVALS, ...compared].map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) throw new Error(`expected names of ${known.join(', ')}, got ${unknown}`);
  const chosen = <T extends { readonly name: string }>(all: readonly T[]): readonly T[] => {
    const found = names.flatMap((name) => all.find((each) => each.name === name) ?? []);
    return found.length === 0 ? all : found;
  };
  return { rivals: chosen(RIVALS), problems: chosen(compared) };
}

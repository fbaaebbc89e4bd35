import type { Runs } from './comparison.js';
import { CONTESTANTS } from './contestants.js';
import { keepResult, keptResult } from './kept-results.js';
import { RIVALS, startRivals } from './rivals.js';
import type { Plan, Search, Searcher } from './searcher.js';
import { type Family, remembering } from './table.js';

/** Measures what is missing, seed by seed, the important first: an interrupted run leaves some seeds of everything. */
export async function measure(
  plan: Plan,
  passes: readonly Searcher['pass'][],
  say: (line: string) => void,
): Promise<void> {
  const searches = new Map<Searcher, Search>();
  for (const contestant of CONTESTANTS) searches.set(contestant, await contestant.load());
  const rivals = await startRivals();
  for (const rival of rivals === null ? [] : RIVALS) searches.set(rival, rivals?.search(rival) as Search);
  if (rivals === null)
    say('no rivals: bash scripts/real-parts.sh rivals installs them; what was kept is used');
  try {
    for (const pass of passes)
      for (const seed of plan.seeds)
        for (const family of plan.families) await measureOne(plan, family, seed, { searches, pass, say });
  } finally {
    rivals?.close();
  }
}

type Part = {
  readonly searches: ReadonlyMap<Searcher, Search>;
  readonly pass: number;
  readonly say: (line: string) => void;
};

async function measureOne(
  plan: Plan,
  family: Family,
  seed: number,
  { searches, pass, say }: Part,
): Promise<void> {
  const table = remembering(family.make(seed));
  const budget = plan.budgetOf(family);
  for (const [searcher, search] of searches) {
    const key = { searcher, table, seed, budget };
    if (searcher.pass !== pass || keptResult(key) !== null) continue;
    say(`${searcher.title} on ${family.name}, seed ${seed}`);
    keepResult(key, await search(table, seed, budget));
  }
}

/** Returns what was kept of a searcher, for each seed; null for one that was not measured. */
export function keptRuns({ seeds, budgetOf }: Plan, family: Family, searcher: Searcher): Runs {
  return seeds.map((seed) =>
    keptResult({ searcher, table: family.make(seed), seed, budget: budgetOf(family) }),
  );
}

import { keepResult, keptResult } from './kept-results.js';
import { RIVALS, type Rival, type Rivals, startRivals } from './rivals.js';
import { type Family, remembering } from './table.js';

/** Searches to compare with: every family with every seed. */
export type Plan = {
  readonly families: readonly Family[];
  readonly seeds: readonly number[];
  /** Epochs of one search of a family. */
  readonly budgetOf: (family: Family) => number;
};

/** Returns what a rival reached with each seed; null for a seed that has not been measured. */
export type RivalRuns = (family: Family, rival: Rival) => readonly (readonly number[] | null)[];

/** Measures what is missing, seed by seed, the fast rivals first: an interrupted run leaves some seeds of everything. */
export async function measureRivals(plan: Plan, say: (line: string) => void): Promise<void> {
  const rivals = await startRivals();
  if (rivals === null) {
    say('no rivals: bash scripts/real-parts.sh rivals installs them; those kept from before are used');
    return;
  }
  try {
    for (const slow of [false, true])
      for (const seed of plan.seeds) await measureSeed(rivals, plan, seed, { slow, say });
  } finally {
    rivals.close();
  }
}

async function measureSeed(
  rivals: Rivals,
  { families, budgetOf }: Plan,
  seed: number,
  { slow, say }: { readonly slow: boolean; readonly say: (line: string) => void },
): Promise<void> {
  for (const family of families) {
    const table = remembering(family.make(seed));
    const budget = budgetOf(family);
    for (const rival of RIVALS.filter((each) => each.slow === slow)) {
      const search = { searcher: rival, table, seed, budget };
      if (keptResult(search) !== null) continue;
      say(`${rival.title} on ${family.name}, seed ${seed}`);
      keepResult(search, await rivals.search(rival, table, seed, budget));
    }
  }
}

/** Returns the results that are kept. */
export function keptRuns({ seeds, budgetOf }: Plan): RivalRuns {
  return (family, rival) =>
    seeds.map((seed) =>
      keptResult({ searcher: rival, table: family.make(seed), seed, budget: budgetOf(family) }),
    );
}

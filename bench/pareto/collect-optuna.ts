import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { hypervolume } from './hypervolume.js';
import { digitsProblem } from './network.js';
import { problems } from './problems.js';
import { RIVALS, startOptuna } from './rivals.js';

/** The hypervolume after each checkpoint, for each seed, by problem and rival. */
export type RivalFigures = {
  readonly about: string;
  readonly version: string;
  readonly problems: Record<string, Record<string, number[][]>>;
};

export const RIVAL_CHECKPOINTS = [25, 50, 100] as const;
const FILE = fileURLToPath(new URL('./data/optuna.json', import.meta.url));

/** Returns what was recorded of Optuna's samplers; without anything before the first recording. */
export function rivalFigures(): RivalFigures {
  if (existsSync(FILE)) return JSON.parse(readFileSync(FILE, 'utf8')) as RivalFigures;
  return { about: '', version: '', problems: {} };
}

/**
 * `npx tsx bench/pareto/collect-optuna.ts SEEDS GP_SEEDS [MINUTES]`: records the installed Optuna's figures, those that are
 * missing or of another version; hours. It ends after so many minutes, and the next call continues.
 */
async function collect(seeds: number, gpSeeds: number, minutes: number): Promise<void> {
  const optuna = await startOptuna();
  if (!optuna) throw new Error('expected Optuna with PyTorch; run: bash scripts/real-parts.sh optuna-gp');
  const end = Date.now() + minutes * 60_000;
  const before = rivalFigures();
  const kept = before.version === optuna.version ? before.problems : {};
  const about = `Hypervolume after ${RIVAL_CHECKPOINTS.join(', ')} trials of Optuna ${optuna.version} with its default samplers, seeds 0, 1, 2, ... in order.`;
  for (const seed of Array.from({ length: seeds }, (_, k) => k)) {
    for (const rival of [...RIVALS].reverse()) {
      if (rival === 'optuna-gp' && seed >= gpSeeds) continue;
      for (const problem of [...problems, await digitsProblem()]) {
        const own = ((kept[problem.name] ??= {})[rival] ??= []);
        if (own.length > seed || Date.now() > end) continue;
        const losses = await optuna.study(rival, problem, seed, RIVAL_CHECKPOINTS.at(-1) as number);
        own.push(RIVAL_CHECKPOINTS.map((count) => hypervolume(losses.slice(0, count), problem.worst)));
        writeFileSync(FILE, `${JSON.stringify({ about, version: optuna.version, problems: kept })}\n`);
        console.error(`${rival} ${problem.name} ${seed}: ${own.at(-1)?.join(' ')}`);
      }
    }
  }
  optuna.close();
}

const [seeds, gpSeeds, minutes = '9'] = process.argv.slice(2);
if (process.argv[1] === fileURLToPath(import.meta.url)) await collect(Number(seeds), Number(gpSeeds), Number(minutes));

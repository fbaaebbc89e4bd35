import { writeFileSync } from 'node:fs';
import { CHECKPOINTS, FILE, rivalFigures } from './figures.js';
import { hypervolume } from './hypervolume.js';
import { digitsProblem } from './network.js';
import { problems } from './problems.js';
import { RIVALS, startOptuna } from './rivals.js';

/** The slow one is measured on fewer problems and with fewer seeds. */
const SLOW = { rival: 'optuna-gp', problems: ['ZDT1', 'ZDT2', 'ZDT3', 'DTLZ2', 'digits'] };

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
  const about = `Hypervolume after ${CHECKPOINTS.join(', ')} trials of Optuna ${optuna.version} with its default samplers, seeds 0, 1, 2, ... in order.`;
  for (const rival of [...RIVALS].reverse()) {
    const isSlow = rival === SLOW.rival;
    for (const seed of Array.from({ length: isSlow ? gpSeeds : seeds }, (_, k) => k)) {
      for (const problem of [...problems, await digitsProblem()]) {
        if (isSlow && !SLOW.problems.includes(problem.name)) continue;
        kept[problem.name] ??= {};
        const by = kept[problem.name] as Record<string, number[][]>;
        by[rival] ??= [];
        const own = by[rival] as number[][];
        if (own.length > seed || Date.now() > end) continue;
        const losses = await optuna.study(rival, problem, seed, CHECKPOINTS.at(-1) as number);
        own.push(CHECKPOINTS.map((count) => hypervolume(losses.slice(0, count), problem.worst)));
        writeFileSync(FILE, `${JSON.stringify({ about, version: optuna.version, problems: kept })}\n`);
        console.error(`${rival} ${problem.name} ${seed}: ${own.at(-1)?.join(' ')}`);
      }
    }
  }
  optuna.close();
}

const [seeds, gpSeeds, minutes = '9'] = process.argv.slice(2);
await collect(Number(seeds), Number(gpSeeds), Number(minutes));

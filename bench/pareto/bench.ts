import { withDefaults } from '../../src/core/component-options.js';
import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import { samplers } from '../../src/samplers/registry.js';
import type { Sampler } from '../../src/samplers/sampler.js';
import { hypervolume } from '../../test/samplers/nsga2/hypervolume.js';
import type { Bench } from '../bench.js';
import { complete, propose } from '../search/run.js';
import { median } from '../stats.js';
import { type FrontProblem, problems } from './problems.js';

const CHECKPOINTS = [50, 100, 200] as const;
const DIRECTIONS = ['minimize', 'minimize'] as const;
const NAMES = ['random', 'nsga2', 'tpe'] as const;

/** Measures the area that the front of each sampler dominates after 50, 100 and 200 trials. */
export const benchPareto: Bench = async ({ quick, say }) => {
  const seeds = Array.from({ length: quick ? 2 : 20 }, (_, k) => 1000 + k);
  const rows: string[][] = [];
  const figures: object[] = [];
  for (const problem of problems) {
    const row = [problem.name];
    for (const name of NAMES) {
      say(`pareto: ${problem.name}, ${name}`);
      const entry = samplers.find((each) => each.name === name);
      if (!entry) throw new Error(`no sampler ${name}`);
      const make = await entry.load();
      const runs = seeds.map((seed) => areas(problem, make(withDefaults(entry.options, {})), seed));
      figures.push({ problem: problem.name, sampler: name, areas: runs });
      row.push(CHECKPOINTS.map((_, k) => median(runs.map((run) => run[k] as number)).toFixed(3)).join(' / '));
    }
    rows.push(row);
  }
  return {
    title: 'Several objectives: the hypervolume of the Pareto front',
    intro: `Problems of two objectives; medians over ${seeds.length} seeds of the hypervolume after 50, 100 and 200 trials. More is better.`,
    sections: [
      {
        title: 'Hypervolume',
        text: 'The problems are of different kinds: convex, concave and broken fronts, a small good region, and a space with choices and a branch.',
        header: ['problem', ...NAMES],
        rows,
      },
    ],
    figures: { seeds, worst: problems.map(({ name, worst }) => ({ name, worst })), runs: figures },
  };
};

function areas({ space, values, worst }: FrontProblem, sampler: Sampler, seed: number): number[] {
  const configs: ConfigView[] = [];
  const held = new Set<string>();
  const found: number[] = [];
  for (let index = 0; index < CHECKPOINTS[2]; index++) {
    const view: StudyView = { directions: DIRECTIONS, seed, maxSteps: null, configs: [...configs] };
    const next = propose(space, sampler, view, { index, seed, held });
    if (next) configs.push(complete(index, next, values(next.params)));
    if ((CHECKPOINTS as readonly number[]).includes(index + 1))
      found.push(
        hypervolume(
          configs.map((config) => config.values ?? []),
          DIRECTIONS,
          worst,
        ),
      );
  }
  return found;
}

import { withDefaults } from '../../src/core/component-options.js';
import type { ConfigView, StudyView } from '../../src/core/study-view.js';
import { samplers } from '../../src/samplers/registry.js';
import type { Sampler } from '../../src/samplers/sampler.js';
import type { Bench } from '../bench.js';
import { makeKeeper } from '../kept-runs.js';
import { mannWhitney } from '../search/mann-whitney.js';
import { complete, propose } from '../search/run.js';
import { median } from '../stats.js';
import { CHECKPOINTS, rivalFigures } from './figures.js';
import { hypervolume } from './hypervolume.js';
import { digitsProblem } from './network.js';
import { type FrontProblem, problems } from './problems.js';

const NAMES = ['gp', 'tpe', 'nsga2', 'random'] as const;
const RIVALS = ['optuna-gp', 'optuna-nsga2', 'optuna-tpe'] as const;
const TRIALS = CHECKPOINTS.at(-1) as number;
/** Raise it when a problem changes. */
const REVISION = 1;

type Run = { readonly volume: readonly number[]; readonly askMs: number };

/** Measures the volume that the front of each sampler dominates, beside that of Optuna's. */
export const benchPareto: Bench = async ({ quick, say }) => {
  const seeds = Array.from({ length: quick ? 2 : 20 }, (_, k) => 1000 + k);
  const rivals = rivalFigures();
  const keep = makeKeeper<Run>({ bench: 'pareto', revision: REVISION, sources: ['samplers', 'core'] });
  const found: Record<string, Record<string, number[][]>> = {};
  const asks: Record<string, number> = {};
  for (const problem of [...problems, await digitsProblem()]) {
    const own: Record<string, number[][]> = {};
    for (const name of NAMES) {
      say(`pareto: ${problem.name}, ${name}`);
      const entry = samplers.find((each) => each.name === name);
      if (!entry) throw new Error(`no sampler ${name}`);
      const make = await entry.load();
      const runs = seeds.map((seed) =>
        keep(`${problem.name}-${name}-${seed}`, () =>
          volumes(problem, make(withDefaults(entry.options, {})), seed),
        ),
      );
      own[name] = runs.map(({ volume }) => [...volume]);
      if (name === 'gp') asks[problem.name] = median(runs.map(({ askMs }) => askMs));
    }
    found[problem.name] = { ...own, ...rivals.problems[problem.name] };
  }
  const columns = [...NAMES, ...RIVALS];
  const rows = Object.entries(found).map(([name, by]) => [
    name,
    ...columns.map((column) => {
      const runs = by[column] ?? [];
      const medians = CHECKPOINTS.map((_, k) => median(runs.map((run) => run[k] as number)).toFixed(3));
      return runs.length === 0
        ? ''
        : `${medians.join(' / ')}${runs.length === seeds.length ? '' : ` (${runs.length})`}`;
    }),
  ]);
  return {
    title: 'Several objectives: the hypervolume of the Pareto front',
    intro: `Medians over ${seeds.length} seeds of the hypervolume after ${CHECKPOINTS.join(', ')} trials. More is better. In parentheses: the number of seeds, where it is another. Optuna is ${rivals.version || 'not measured'}, with its default settings.`,
    sections: [
      {
        title: 'Hypervolume',
        text: `Problems of different kinds: ${problems.map(({ name, text }) => `${name} ${text}`).join(', ')}; digits is real: the validation loss of a network that is trained on digits of MNIST, and its cost, over mixed parameters with a branch. \`auto\` proposes what \`gp\` does on all of them.`,
        header: ['problem', ...columns],
        rows,
      },
      {
        title: "gp beside each of Optuna's samplers after 100 trials",
        text: 'The ratio of the medians, and the two-sided p of the rank test of Mann and Whitney.',
        header: ['problem', ...RIVALS, 'ms for each ask'],
        rows: Object.entries(found).map(([name, by]) => [
          name,
          ...RIVALS.map((rival) => against(by.gp ?? [], by[rival] ?? [])),
          (asks[name] as number).toFixed(0),
        ]),
      },
    ],
    figures: { seeds, worst: problems.map(({ name, worst }) => ({ name, worst })), runs: found },
  };
};

function against(ours: readonly number[][], theirs: readonly number[][]): string {
  if (theirs.length === 0) return '';
  const [a, b] = [ours, theirs].map((runs) => runs.map((run) => run.at(-1) as number)) as [
    number[],
    number[],
  ];
  return `${(median(a) / median(b)).toFixed(3)} (p ${mannWhitney(a, b).p.toPrecision(2)})`;
}

function volumes({ space, values, worst }: FrontProblem, sampler: Sampler, seed: number): Run {
  const directions = worst.map(() => 'minimize' as const);
  const configs: ConfigView[] = [];
  const held = new Set<string>();
  const volume: number[] = [];
  let askMs = 0;
  for (let index = 0; index < TRIALS; index++) {
    const view: StudyView = { directions, seed, maxSteps: null, earlier: null, configs: [...configs] };
    const start = process.cpuUsage();
    const next = propose(space, sampler, view, { index, seed, held });
    const { user, system } = process.cpuUsage(start);
    askMs += (user + system) / 1000 / TRIALS;
    if (next) configs.push(complete(index, next, values(next.params)));
    if ((CHECKPOINTS as readonly number[]).includes(index + 1))
      volume.push(
        hypervolume(
          configs.map((config) => config.values ?? []),
          worst,
        ),
      );
  }
  return { volume, askMs };
}

import { categorical, float } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import { makeSpace } from '../../src/core/space.js';
import { plainSpec } from '../../src/core/spec.js';
import { ResultsModel } from '../../src/results/results-model.js';
import type { ResultsStudy } from '../../src/results/results-study.js';
import { savingsIn } from '../../src/results/study-digest.js';
import type { ResultRow } from '../../src/results/trial-table.js';
import { resultRow } from '../../test/results/rows.js';
import type { BenchOptions, Report } from '../bench.js';
import { median } from '../stats.js';

const STEPS = 10;
const BATCH = 1000;
const ROUNDS = 20;
/** The limit below which people perceive an answer as immediate. */
const AIM_MS = 50;

/** Measures the time to show the results of a long study, and to update them after one more trial. */
export async function benchResults({ quick, say }: BenchOptions): Promise<Report> {
  const trials = quick ? 5000 : 100_000;
  const rows: { what: string; ms: number; aimMs: number | null }[] = [];
  const add = (what: string, ms: number, aimMs: number | null = AIM_MS) => rows.push({ what, ms, aimMs });
  for (const objectives of [1, 2]) {
    say(`${trials} trials, ${objectives} objective${objectives > 1 ? 's' : ''}`);
    const study = studyWith(objectives);
    const model = new ResultsModel(study);
    const data = rowsOf(trials + ROUNDS, objectives);
    const title = `${objectives} objective${objectives > 1 ? 's' : ''}: `;
    add(
      `${title}build the model`,
      timed(() => {
        for (let from = 0; from < trials; from += BATCH)
          model.apply(data.slice(from, Math.min(from + BATCH, trials)));
      }),
      null,
    );
    add(
      `${title}first ranking, front, history`,
      timed(() => show(model)),
      null,
    );
    add(
      `${title}one more trial, then best 10`,
      median(
        times((k) => {
          model.apply(data.slice(trials + k, trials + k + 1));
          model.best(10);
        }),
      ),
    );
    const front = times(() => model.front());
    add(`${title}the Pareto front again`, median(front));
    add(`${title}history of the best`, median(times(() => model.histories[0]?.best())));
    add(
      `${title}counts and savings`,
      median(times(() => [model.counts(), savingsIn(model.table, plainSpec([], model.study.space))])),
    );
  }
  return {
    title: `Results of ${trials} trials`,
    intro: `The read models of src/results hold the data that commands and pages show. A study of ${trials} trials with ${STEPS} steps each, of three parameters, is built from changes in memory and then updated trial by trial.`,
    sections: [
      {
        title: 'Time',
        text: `The models are built once. Each of the others is the median of ${ROUNDS} runs, and should take at most ${AIM_MS} ms. Reading the database is not included.`,
        header: ['what', 'ms', 'aim (ms)'],
        rows: rows.map(({ what, ms, aimMs }) => [what, ms.toFixed(2), aimMs === null ? '' : String(aimMs)]),
      },
    ],
    figures: { trials, steps: STEPS, rows },
  };
}

function show(model: ResultsModel): void {
  model.best(10);
  model.front();
  for (const history of model.histories) history.best();
}

function timed(work: () => unknown): number {
  const start = performance.now();
  work();
  return performance.now() - start;
}

function times(work: (round: number) => unknown): number[] {
  return Array.from({ length: ROUNDS }, (_, round) => timed(() => work(round)));
}

function studyWith(objectives: number): ResultsStudy {
  const space = makeSpace([
    { name: 'lr', distribution: float(1e-5, 1, { log: true }) },
    { name: 'momentum', distribution: float(0, 1) },
    { name: 'optimizer', distribution: categorical(['sgd', 'adam']) },
  ]);
  const list = Array.from({ length: objectives }, (_, k) => ({
    metric: `m${k}`,
    direction: 'minimize' as const,
    reduce: 'last' as const,
  }));
  return { id: 1, seed: 1, space, spec: { objectives: list, repeats: 1 } };
}

const paramsOf = (k: number) => ({
  lr: 1 / (k + 1),
  momentum: (k * 0.618) % 1,
  optimizer: k % 2 ? 'sgd' : 'adam',
});

function rowsOf(count: number, objectives: number): ResultRow[] {
  const rng = makeRng(1, 'bench');
  return Array.from({ length: count }, (_, k): ResultRow => {
    const isPruned = k % 4 === 0;
    const steps = new Map(Array.from({ length: isPruned ? 3 : STEPS }, (_, step) => [step + 1, rng.float()]));
    return resultRow({
      number: k,
      state: isPruned ? 'pruned' : 'complete',
      values: Array.from({ length: objectives }, () => rng.float()),
      params: paramsOf(k),
      metrics: { loss: k, accuracy: 1 },
      startedAtMs: k,
      finishedAtMs: k + 1,
      steps,
    });
  });
}

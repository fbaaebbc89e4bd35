import type { ColumnSet } from '../../../src/dashboard/columns.js';
import type { TrialCurve } from '../../../src/dashboard/curve-codec.js';
import type {
  ColumnsHeader,
  CurvesHeader,
  ParameterInfo,
  StudyInfo,
} from '../../../src/dashboard/protocol.js';

/** A study as the server sends it. */
export type SyntheticStudy = {
  readonly info: StudyInfo;
  readonly columns: ColumnSet<ColumnsHeader>;
  readonly curves: { readonly header: Omit<CurvesHeader, 'scale'>; readonly list: readonly TrialCurve[] };
};

const OPTIMIZERS = ['adam', 'sgd', 'rmsprop'];
const parameter = (name: string, more: Partial<ParameterInfo>): ParameterInfo => ({
  name,
  kind: 'float',
  log: false,
  low: null,
  high: null,
  choices: null,
  conditional: false,
  ...more,
});

/**
 * Returns a study of a learning rate, an optimizer, and a momentum that only sgd has. Every fifth trial is pruned, every
 * eleventh has failed, and the values of the others have the learning rate of 0.01 as their optimum.
 */
export function syntheticStudy({ name, trials }: { name: string; trials: number }): SyntheticStudy {
  const lr = new Float32Array(trials);
  const momentum = new Float32Array(trials).fill(Number.NaN);
  const optimizer = new Uint16Array(trials);
  const state = new Uint8Array(trials);
  const value = new Float64Array(trials).fill(Number.NaN);
  const loss = new Float32Array(trials).fill(Number.NaN);
  const [start, end] = [new Float64Array(trials), new Float64Array(trials)];
  const list: TrialCurve[] = [];
  for (let k = 0; k < trials; k++) {
    lr[k] = 10 ** (-4 + (3 * ((k * 37) % 101)) / 100);
    optimizer[k] = 1 + (k % 3);
    if (k % 3 === 1) momentum[k] = 0.5 + ((k * 13) % 50) / 100;
    state[k] = k % 11 === 10 ? 6 : k % 5 === 4 ? 5 : 4;
    const reached = 0.1 + 0.2 * (Math.log10(lr[k] as number) + 2) ** 2;
    const steps = state[k] === 4 ? [1, 2, 3, 4, 5] : [1, 2];
    const values = steps.map((step) => reached + 1 / step);
    list.push({ trial: k, steps, values });
    loss[k] = values.at(-1) as number;
    if (state[k] === 4) value[k] = reached + 0.2;
    [start[k], end[k]] = [k * 1000, k * 1000 + 900];
  }
  const counts = { complete: 0, pruned: 0, fail: 0, running: 0, waiting: 0, queued: 0, paused: 0 };
  for (const code of state) counts[code === 4 ? 'complete' : code === 5 ? 'pruned' : 'fail']++;
  const best = [...value.keys()]
    .filter((k) => state[k] === 4)
    .sort((a, b) => (value[a] as number) - (value[b] as number));
  const header = { study: name, revision: 1, full: true };
  const numbers = (columnName: string, values: ColumnSet<unknown>['columns'][number]['values']) => ({
    name: columnName,
    values,
    dictionary: null,
  });
  return {
    info: {
      name,
      source: 'hpo',
      state: 'finished',
      objectives: [{ metric: 'loss', direction: 'minimize' }],
      best: best.length > 0 ? [value[best[0] as number] as number] : null,
      counts,
      trialCount: trials,
      lastActivityMs: 0,
      sparkline: [],
      broken: null,
      parameters: [
        parameter('lr', { log: true, low: 1e-4, high: 0.1 }),
        parameter('optimizer', { kind: 'categorical', choices: OPTIMIZERS }),
        parameter('momentum', { low: 0.5, high: 1, conditional: true }),
      ],
      metrics: ['loss'],
      constraints: [],
      repeats: 1,
      sampler: 'random',
      pruner: 'median',
      limits: {},
      note: null,
      tags: [],
      provenance: {},
      savings: null,
      bestTrials: best.slice(0, 10),
      actions: [],
    },
    columns: {
      header: { ...header, total: trials, timeBaseMs: 0 },
      columns: [
        numbers('state', state),
        numbers('value:0', value),
        numbers('param:lr', lr),
        { name: 'param:optimizer', values: optimizer, dictionary: OPTIMIZERS },
        numbers('param:momentum', momentum),
        numbers('metric:loss', loss),
        numbers('start', start),
        numbers('end', end),
        numbers(
          'steps',
          Int32Array.from(list, ({ steps }) => steps.length),
        ),
      ],
    },
    curves: { header: { ...header, metric: 'loss', curveCount: list.length }, list },
  };
}

import * as z from 'zod';
import { isMetricName, METRIC_NAME_CHARACTERS, withMicroSign } from '../core/metric-name.js';
import type { Objective } from '../core/spec.js';
import { formats } from '../protocol/formats/registry.js';
import { refusePruning } from '../pruners/registry.js';
import { refuseObjectives } from '../samplers/registry.js';
import { BUILTIN_OBJECTIVE } from './builtin.js';
import { nameOf } from './component-schema.js';
import type { Diagnostics } from './diagnostics.js';
import { checkRunMetric } from './run-metric.js';
import type { Scheduling } from './scheduling.js';
import { check } from './zod-diagnostics.js';

export const objectiveSchema = z.strictObject({
  metric: z.string().min(1).overwrite(withMicroSign).describe('Name of the metric, as the trainer prints it'),
  direction: z.enum(['minimize', 'maximize']).describe('Which way is better'),
  reduce: z
    .enum(['last', 'best', 'mean'])
    .default('last')
    .describe("How a trial's value comes from its steps: the last, the best, or the mean of them"),
});

export const objectivesSchema = z.array(objectiveSchema).min(1);

type Raw = { readonly [key: string]: unknown };

/** Returns `objective`, or the list `objectives`; null after noting what is wrong with it. */
export function checkObjectives(
  raw: Raw,
  isBuiltin: boolean,
  mistakes: Diagnostics,
): readonly Objective[] | null {
  if (raw.objective !== undefined && raw.objectives !== undefined) {
    mistakes.add(['objectives'], 'exclusive-keys', 'expected either objective or objectives, got both', {
      at: 'key',
      fix: 'put all of them into the list objectives',
    });
  }
  if (raw.objectives !== undefined) return checkList(raw.objectives, mistakes);
  if (raw.objective !== undefined) {
    const objective = check(objectiveSchema, raw.objective, mistakes, ['objective']);
    if (objective) checkRunMetric(objective.metric, ['objective', 'metric'], mistakes);
    return objective && [objective];
  }
  if (isBuiltin) return [BUILTIN_OBJECTIVE];
  mistakes.add(
    ['trainer'],
    'missing-key',
    'expected the key objective, because the trainer is your own, got none',
    {
      at: 'key',
      fix: 'add `objective: {metric: NAME, direction: minimize}` with a metric that your trainer prints',
    },
  );
  return null;
}

function checkList(raw: unknown, mistakes: Diagnostics): readonly Objective[] | null {
  const objectives = check(objectivesSchema, raw, mistakes, ['objectives']);
  const metrics = (objectives ?? []).map(({ metric }) => metric);
  for (const [i, metric] of metrics.entries()) {
    checkRunMetric(metric, ['objectives', i, 'metric'], mistakes);
    if (metrics.indexOf(metric) === i) continue;
    mistakes.add(['objectives', i, 'metric'], 'duplicate-value', `${metric} is given twice`);
  }
  return objectives;
}

/** Notes objectives that nothing a trainer writes can give: lines and files name a metric, so it needs a metric's name. */
export function checkNames(
  objectives: readonly Objective[] | null,
  { isList, format }: { readonly isList: boolean; readonly format: string },
  mistakes: Diagnostics,
): void {
  // One number without a name: any name will do.
  if (formats.find(({ name }) => name === format)?.hasOneName) return;
  for (const [i, { metric }] of (objectives ?? []).entries()) {
    if (isMetricName(metric)) continue;
    const name = nearestName(metric);
    mistakes.add(
      isList ? ['objectives', i, 'metric'] : ['objective', 'metric'],
      'metric-name',
      `expected the name of a metric, of ${METRIC_NAME_CHARACTERS} without blanks, got ${JSON.stringify(metric)}`,
      { fix: `call it ${isMetricName(name) ? name : 'loss'}, in the output of the trainer too` },
    );
  }
}

/** Returns a name like this one without the characters that no metric's name has; it may still be none. */
export function nearestName(metric: string): string {
  return withMicroSign(metric)
    .trim()
    .replace(/[^\w.:/@%\u00b5-]+/g, '_')
    .replace(/^(?=[^A-Za-z_%\u00b5])/, '_');
}

type Chosen = string | { readonly name: string } | null;

/** Notes a sampler or a pruner that does not support this many objectives. */
export function checkAble(
  objectives: readonly Objective[] | null,
  { sampler, scheduling }: { readonly sampler: Chosen; readonly scheduling: Scheduling | null },
  mistakes: Diagnostics,
): void {
  const count = objectives?.length ?? 1;
  const noSampler = sampler && refuseObjectives(nameOf(sampler), count);
  if (noSampler) mistakes.adopt(['sampler'], noSampler);
  if (scheduling === null) return;
  const noPruner = refusePruning(scheduling.pruner.name, count);
  if (noPruner) mistakes.adopt(['pruner'], noPruner);
}

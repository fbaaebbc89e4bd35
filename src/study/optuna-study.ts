import { usageError } from '../core/errors.js';
import { mergeRanges } from '../core/merge-distributions.js';
import { makeSpace, type ParamSpec, type Space } from '../core/space.js';
import type { StudySpec } from '../core/spec.js';
import type { ParameterSummary, Storage, StudyRecord } from '../storage/storage.js';

// What is known of a study that Optuna made: it stores neither a space nor a trainer, only what its trials were given.

/** What the objectives are called; where nobody said, `value`, or `value0`, `value1` and so on as Optuna's tools have it. */
export function objectiveNames(
  { directions }: StudyRecord,
  { metricNames }: ParameterSummary,
): readonly string[] {
  return metricNames ?? directions.map((_, k) => (directions.length === 1 ? 'value' : `value${k}`));
}

/** The parameters of its trials, each with the hull of its ranges; those without one are left out. */
export function inferSpace({ parameters }: ParameterSummary): Space {
  return makeSpace(
    parameters.flatMap(({ name, distributions }): ParamSpec[] => {
      const distribution = mergeRanges(distributions);
      return distribution ? [{ name, distribution }] : [];
    }),
  );
}

/** A specification to read the study by: nothing is ever run with it. */
export async function inferSpec(storage: Storage, record: StudyRecord): Promise<StudySpec> {
  const survey = await storage.parameterSummary(record.id);
  const names = objectiveNames(record, survey);
  const objectives = record.directions.map((direction, k) => {
    return { metric: names[k] as string, direction, reduce: 'last' } as const;
  });
  const chosen = (name: string) => ({ name, options: {} });
  return {
    objectives,
    space: inferSpace(survey),
    trainer: { command: null, cwd: null, env: {} },
    config: {},
    repeats: 1,
    seeds: null,
    start: [],
    outcomes: [],
    sampler: chosen('random'),
    pruner: chosen('none'),
    terminator: chosen('none'),
    metrics: null,
  };
}

/**
 * The space to go on with a study that Optuna made, as its trials tell it.
 * @throws HpoError study.unclear-space (usage) where they leave open what the space is.
 */
export function requireClearSpace({ name }: StudyRecord, survey: ParameterSummary): Space {
  const space = inferSpace(survey);
  const known = new Set(space.params.map((param) => param.name));
  const clashing = survey.parameters.filter((param) => !known.has(param.name));
  const sometimes = survey.parameters.filter(({ trials }) => trials < survey.trials);
  const problem =
    survey.parameters.length === 0
      ? 'no trial has any'
      : clashing.length > 0
        ? `${list(clashing)} changed its kind, scale or choices`
        : sometimes.length > 0
          ? `${list(sometimes)} stands in some trials only, and they do not tell when`
          : null;
  if (problem === null) return space;
  throw usageError('study.unclear-space', `expected trials that tell the space of ${name}, but ${problem}`, {
    fix: `write the parameters into the sweep file, with \`when\` where they depend on others; \`hpo study show ${name}\` prints what there is`,
  });
}

function list(parameters: ParameterSummary['parameters']): string {
  return parameters.map(({ name }) => name).join(', ');
}

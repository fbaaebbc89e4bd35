import { usageError } from '../core/errors.js';
import { mergeRanges } from '../core/merge-distributions.js';
import { makeSpace, type ParamSpec, type Space } from '../core/space.js';
import type { StudySpec } from '../core/spec.js';
import type { ParameterSummary, StudyReader, StudyRecord } from '../storage/storage.js';

// A study that Optuna made has neither a space nor a trainer. hpo infers the space from the parameters of its trials.

/** Returns the names of the objectives. Without stored names they are `value`, or `value0`, `value1`, ... as in Optuna's tools. */
export function objectiveNames(
  { directions }: StudyRecord,
  { metricNames }: ParameterSummary,
): readonly string[] {
  return metricNames ?? directions.map((_, k) => (directions.length === 1 ? 'value' : `value${k}`));
}

/** Returns the parameters of the trials, each with the range that holds all its ranges. Leaves out those without one. */
export function inferSpace({ parameters }: ParameterSummary): Space {
  return makeSpace(
    parameters.flatMap(({ name, distributions }): ParamSpec[] => {
      const distribution = mergeRanges(distributions);
      return distribution ? [{ name, distribution }] : [];
    }),
  );
}

/** Returns a specification to read the study with. Nothing ever runs with it. */
export async function inferSpec(storage: StudyReader, record: StudyRecord): Promise<StudySpec> {
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
    initialPoints: [],
    transfer: null,
    metricConstraints: [],
    sampler: chosen('random'),
    pruner: chosen('none'),
    scheduler: { name: 'none', options: {} },
    maxSteps: null,
    race: null,
    terminator: chosen('none'),
    metrics: null,
  };
}

/**
 * Returns the space to continue a study that Optuna made, inferred from its trials.
 * @throws HpoError study.unclear-space (usage) when the trials do not determine the space.
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
          ? `only some trials have ${list(sometimes)}, and they do not show when`
          : null;
  if (problem === null) return space;
  throw usageError(
    'study.unclear-space',
    `expected trials that determine the space of ${name}, but ${problem}`,
    {
      fix: `write the parameters into the sweep file, with \`when\` where they depend on others; \`hpo study show ${name}\` prints what there is`,
    },
  );
}

function list(parameters: ParameterSummary['parameters']): string {
  return parameters.map(({ name }) => name).join(', ');
}

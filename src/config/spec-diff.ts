import { areNumbers, isSameKind } from '../core/distribution.js';
import { isMapping } from '../core/mapping.js';
import { metricConstraintText } from '../core/metric-constraints.js';
import type { ParamSpec } from '../core/space.js';
import type { StudySpec } from '../core/spec.js';

/** A part of a study that must not change unnoticed between two calls. */
export type SpecDifference = {
  readonly area: 'space' | 'objective' | 'trainer' | 'config' | 'seeds' | 'transfer';
  /** The key, as in the files: `parameters.learner.opt`, `trainer.command`, `data.limit`. */
  readonly path: string;
  /** Canonical text; `(none)` where it is absent. */
  readonly stored: string;
  readonly now: string;
  /** A parameter in both has another kind or scale. Optuna refuses a study that mixes them, so only a new study can have it. */
  readonly kind: boolean;
};

const NONE = '(none)';

/**
 * Returns the differences between a study as stored and as the files now describe it, in space, objective, trainer, run
 * configuration and seeds. Sampler, pruner, priors, metrics and repeats may change. Seeds differ only where both
 * name one: null means that they are derived, and a longer list adds repeats. The order of keys never matters.
 */
export function specDifferences(stored: StudySpec, file: StudySpec): SpecDifference[] {
  return [
    ...parameters(stored.space.params, file.space.params),
    ...compare('space', 'constraints', stored.space.constraints, file.space.constraints),
    ...compare('objective', 'objective', one(stored.objectives), one(file.objectives)),
    ...compare('objective', 'constraints (limits)', limits(stored), limits(file)),
    ...compare('trainer', 'trainer.command', stored.trainer.command, file.trainer.command),
    ...compare('trainer', 'trainer.cwd', stored.trainer.cwd, file.trainer.cwd),
    ...compare('trainer', 'trainer.env', stored.trainer.env, file.trainer.env),
    ...compare('trainer', 'metrics.format', stored.trainer.metrics?.format, file.trainer.metrics?.format),
    ...compare('trainer', 'metrics.pattern', stored.trainer.metrics?.pattern, file.trainer.metrics?.pattern),
    ...compare('trainer', 'metrics.path', stored.trainer.metrics?.path, file.trainer.metrics?.path),
    ...compare('config', '', stored.config, file.config),
    ...compare('transfer', 'transfer.studies', stored.transfer?.sources, file.transfer?.sources),
    ...seeds(stored.seeds, file.seeds),
  ];
}

function limits({ metricConstraints }: StudySpec): readonly string[] {
  return metricConstraints.map(metricConstraintText).sort();
}

/** Returns JSON with sorted keys: texts are equal exactly for equal data. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    isMapping(inner) ? Object.fromEntries(Object.entries(inner).sort(byKey)) : inner,
  );
}

function parameters(stored: readonly ParamSpec[], now: readonly ParamSpec[]): SpecDifference[] {
  const names = new Set([...stored, ...now].map(({ name }) => name));
  return [...names].flatMap((name) => {
    const [before, after] = [stored, now].map((params) => params.find((param) => param.name === name));
    const texts = [before, after].map((param) => (param ? canonicalJson(searched(param)) : NONE));
    if (texts[0] === texts[1]) return [];
    const kind = !!before && !!after && !isSameKind(before.distribution, after.distribution);
    const [was = NONE, is = NONE] = texts;
    return [{ area: 'space', path: `parameters.${name}`, stored: was, now: is, kind }];
  });
}

/**
 * Returns what must not change of a parameter. A prior and an order of choices tell samplers something. They say nothing about
 * what trials are.
 */
function searched({ prior: _, ...param }: ParamSpec): unknown {
  const { distribution: d } = param;
  if (d.kind !== 'categorical') return parameterInFile(param);
  return parameterInFile({ ...param, distribution: { ...d, ordered: areNumbers(d.choices) } });
}

/** Returns a parameter in the form of the sweep file. */
export function parameterInFile({ distribution: d, steps, when, prior }: ParamSpec): unknown {
  const order = d.kind === 'categorical' && areNumbers(d.choices) !== d.ordered ? d.ordered : null;
  if (d.kind === 'categorical' && order === null && !when && !prior) return d.choices;
  const range =
    d.kind === 'categorical'
      ? { values: d.choices, ...(order !== null && { ordered: order }) }
      : {
          min: d.low,
          max: d.high,
          ...(d.log && { log: true }),
          ...(d.kind === 'int' && { int: true }),
          ...(d.step !== null && (d.kind === 'float' || d.step !== 1) && { step: d.step }),
        };
  const expected = prior && { prior: prior.at, confidence: prior.confidence };
  return { ...range, ...(steps !== undefined && { steps }), ...expected, ...(when && { when }) };
}

/** Compares leaf by leaf through mappings; lists and scalars as a whole. */
function compare(
  area: SpecDifference['area'],
  path: string,
  stored: unknown,
  now: unknown,
): SpecDifference[] {
  if (isMapping(stored) && isMapping(now)) {
    const keys = new Set([...Object.keys(stored), ...Object.keys(now)]);
    return [...keys].flatMap((key) =>
      compare(area, path === '' ? key : `${path}.${key}`, own(stored, key), own(now, key)),
    );
  }
  const [was, is] = [stored, now].map((value) => (value === undefined ? NONE : canonicalJson(value)));
  return was === is ? [] : [{ area, path, stored: was ?? NONE, now: is ?? NONE, kind: false }];
}

function seeds(stored: readonly number[] | null, now: readonly number[] | null): SpecDifference[] {
  if (!stored || !now) return [];
  const common = Math.min(stored.length, now.length);
  const [was, is] = [stored.slice(0, common), now.slice(0, common)];
  return compare('seeds', 'seeds', was, is);
}

function one<T>(list: readonly T[]): unknown {
  return list.length === 1 ? list[0] : list;
}

function own(mapping: { readonly [key: string]: unknown }, key: string): unknown {
  return Object.hasOwn(mapping, key) ? mapping[key] : undefined;
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

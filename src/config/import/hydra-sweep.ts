import { isMapping } from '../../core/mapping.js';
import { defaultName } from '../default-name.js';
import type { ImportedSweep } from './wandb-sweep.js';

type Mapping = Readonly<Record<string, unknown>>;

const SAMPLERS: readonly (readonly [RegExp, string])[] = [
  [/tpe/i, 'tpe'],
  [/random/i, 'random'],
  [/grid/i, 'grid'],
  [/cmaes/i, 'cmaes'],
  [/nsga/i, 'nsga2'],
  [/gp|bayes|botorch/i, 'gp'],
  [/qmc/i, 'qmc'],
];

/** Returns whether a file configures a sweeper of Hydra, as `hydra: {sweeper: ...}` or with the packages in its keys. */
export function isHydraSweep(value: unknown): value is Mapping {
  return sweeperOf(value) !== null;
}

function sweeperOf(value: unknown): Mapping | null {
  if (!isMapping(value)) return null;
  const sweeper = isMapping(value.hydra) ? value.hydra.sweeper : value['hydra.sweeper'];
  return isMapping(sweeper) && isMapping(spaceOf(sweeper)) ? sweeper : null;
}

function spaceOf(sweeper: Mapping): Mapping | null {
  const ax = isMapping(sweeper.ax_config) ? sweeper.ax_config.params : undefined;
  for (const space of [sweeper.params, sweeper.search_space, sweeper.parametrization, ax])
    if (isMapping(space)) return space;
  return null;
}

/**
 * Converts a sweeper of Hydra (basic, Optuna, Ax, Nevergrad) to an hpo sweep file.
 * @param script the program, which the file does not name; null when it is unknown.
 */
export function hydraSweep(given: Mapping, file: string, script: string | null): ImportedSweep {
  const notes: string[] = [];
  const sweeper = sweeperOf(given) ?? {};
  const sampler = isMapping(sweeper.sampler) ? String(sweeper.sampler._target_ ?? '') : '';
  const directions = (
    Array.isArray(sweeper.direction) ? sweeper.direction : [sweeper.direction ?? 'minimize']
  ).map(String);
  const budget =
    sweeper.n_trials ??
    sweeper.max_trials ??
    mapping(sweeper.optim).budget ??
    mapping(sweeper.ax_config).max_trials;
  const jobs = sweeper.n_jobs ?? mapping(sweeper.optim).num_workers ?? sweeper.max_batch_size;
  const isBasic = sampler === '' && budget === undefined;
  if (script === null) notes.push('the file names no program: replace train.py by yours');
  notes.push(
    'the objective: Hydra takes what the function returns; print it as METRIC loss=..., or set metrics',
  );
  const objectives = directions.map((direction, at) => ({
    metric: directions.length === 1 ? 'loss' : `loss${at + 1}`,
    direction: /max/.test(direction) ? 'maximize' : 'minimize',
  }));
  const found = SAMPLERS.find(([pattern]) => pattern.test(sampler))?.[1];
  return {
    sweep: {
      study: defaultName(typeof sweeper.study_name === 'string' ? sweeper.study_name : file),
      ...(objectives.length === 1 ? { objective: objectives[0] } : { objectives }),
      trainer: { command: ['python3', script ?? 'train.py', '${overrides}', "hydra.run.dir='${trial_dir}'"] },
      sampler: isBasic ? 'grid' : (found ?? 'auto'),
      ...(typeof budget === 'number' && { trials: budget }),
      ...(typeof jobs === 'number' && jobs > 0 && { max_concurrent: jobs }),
      parameters: Object.fromEntries(
        Object.entries(spaceOf(sweeper) ?? {}).flatMap(([name, value]) => {
          const parameter = isMapping(value) ? ofMapping(value) : ofText(String(value));
          if (parameter === null) notes.push(`${name}: omitted, ${JSON.stringify(value)} has no counterpart`);
          return parameter === null ? [] : [[name.replace(/^\++|^~/, ''), parameter] as const];
        }),
      ),
    },
    notes,
  };
}

/** `interval(1e-5, 0.1)`, `range(1, 9, step=2)`, `choice(a, b)`, `tag(log, ...)`, `int(...)`, `a,b,c`. */
function ofText(text: string): unknown {
  const call = /^\s*(\w+)\s*\((.*)\)\s*$/s.exec(text);
  if (call === null) {
    const values = split(text).map(scalar);
    return values.length > 0 ? values : null;
  }
  const [, name = '', inside = ''] = call;
  const parts = split(inside).map((part) =>
    part.replace(/^\s*(?:start|stop|step|sweep|\w+)\s*=\s*(?!=)/, ''),
  );
  switch (name) {
    case 'interval':
      return range(parts.map(Number));
    case 'range': {
      const numbers = parts.map(Number);
      const [start, stop, step = 1] = numbers.length === 1 ? [0, numbers[0]] : numbers;
      if (start === undefined || stop === undefined) return null;
      // Hydra's stop is not included.
      const last = start + (Math.ceil((stop - start) / step) - 1) * step;
      return last > start
        ? {
            min: start,
            max: tidy(last),
            ...([start, step].every(Number.isInteger) && { int: true }),
            ...(step !== 1 && { step }),
          }
        : [start];
    }
    case 'choice':
    case 'shuffle':
    case 'sort':
      return parts.length === 1 && /\(/.test(parts[0] ?? '') ? ofText(parts[0] ?? '') : parts.map(scalar);
    case 'tag': {
      const inner = ofText(parts.at(-1) ?? '');
      const tags = parts.slice(0, -1);
      return isMapping(inner) && tags.includes('log') ? { ...without(inner, 'step'), log: true } : inner;
    }
    case 'int': {
      const inner = ofText(inside);
      return isMapping(inner)
        ? { ...inner, min: Math.ceil(Number(inner.min)), max: Math.floor(Number(inner.max)), int: true }
        : inner;
    }
    case 'float':
      return ofText(inside);
    default:
      return null;
  }
}

/** `{type: float, low, high, step, log}`, `{type: range, bounds}`, `{init, lower, upper, log, integer}`. */
function ofMapping(given: Mapping): unknown {
  const choices = given.choices ?? given.values;
  if (Array.isArray(choices)) return choices;
  const bounds = Array.isArray(given.bounds)
    ? given.bounds
    : [given.low ?? given.lower, given.high ?? given.upper];
  const base = range(bounds.map(Number));
  if (base === null) return given.value === undefined ? null : [given.value];
  const isInt = /int/.test(String(given.type ?? given.value_type ?? '')) || given.integer === true;
  const isLog = given.log === true || given.log_scale === true;
  return {
    ...base,
    ...(isInt && { int: true }),
    ...(isLog && { log: true }),
    ...(typeof given.step === 'number' && !isLog && { step: given.step }),
  };
}

function range([min, max]: readonly number[]): { min: number; max: number } | null {
  return min === undefined || max === undefined || Number.isNaN(min) || Number.isNaN(max)
    ? null
    : { min, max };
}

/** Splits at commas outside of brackets. */
function split(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let part = '';
  for (const character of text) {
    if ('([{'.includes(character)) depth++;
    if (')]}'.includes(character)) depth--;
    if (character === ',' && depth === 0) {
      parts.push(part.trim());
      part = '';
    } else part += character;
  }
  return [...parts, part.trim()].filter((each) => each !== '');
}

function scalar(text: string): unknown {
  const bare = text.trim().replace(/^(['"])(.*)\1$/, '$2');
  if (/^(?:true|false)$/i.test(bare)) return /^true$/i.test(bare);
  return bare !== '' && Number.isFinite(Number(bare)) ? Number(bare) : bare;
}

function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

function without(given: Mapping, key: string): Mapping {
  const { [key]: _, ...rest } = given;
  return rest;
}

function mapping(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}

import { isMapping } from '../../core/mapping.js';
import { defaultName } from '../default-name.js';
import { wandbCommand } from './wandb-command.js';
import { wandbParameter } from './wandb-parameter.js';

/** An hpo sweep file as data, with notes on what it cannot express of the other one. */
export type ImportedSweep = {
  readonly sweep: Readonly<Record<string, unknown>>;
  readonly notes: readonly string[];
};

const SAMPLERS: Readonly<Record<string, string>> = { grid: 'grid', random: 'random', bayes: 'auto' };
/** A number with a point or an exponent. */
const FRACTIONAL = /^[^x]*[.e]/i;
const USED = ['method', 'metric', 'parameters', 'early_terminate', 'command', 'program', 'run_cap', 'name'];

/** Returns the written form of the scalar at a path, null where there is none. */
type Source = (path: readonly string[]) => string | null;

/**
 * Converts a W&B sweep (https://docs.wandb.ai/guides/sweeps/sweep-config-keys) to an hpo sweep file.
 * @param file the name of the file; it names the study where the sweep has no name.
 * @param source distinguishes 1.0 from 1, which are the same number here but not for W&B.
 */
export function wandbSweep(
  given: Readonly<Record<string, unknown>>,
  file: string,
  source: Source = () => null,
): ImportedSweep {
  const notes: string[] = [];
  const metric = isMapping(given.metric) ? given.metric : {};
  if (typeof metric.name !== 'string') notes.push('metric: the file names none; replace loss by yours');
  const command = wandbCommand(given.command, given.program, process.env);
  const method = String(given.method);
  if (!Object.hasOwn(SAMPLERS, method)) notes.push(`method: ${method} is unknown; it became auto`);
  const pruner = early(given.early_terminate, notes);
  const asText = command.command?.some((word) => word === '${args}' || word === '${overrides}') ?? true;
  const parameters = flatten(given.parameters, ['parameters'], '', { source, notes, asText });
  notes.push(...command.notes);
  for (const key of Object.keys(given)) if (!USED.includes(key)) notes.push(`${key}: omitted`);
  const { run_cap: cap } = given;
  return {
    sweep: {
      study: defaultName(typeof given.name === 'string' ? given.name : file),
      objective: {
        metric: typeof metric.name === 'string' ? metric.name : 'loss',
        direction: metric.goal === 'maximize' ? 'maximize' : 'minimize',
      },
      ...(typeof metric.target === 'number' && { target: metric.target }),
      trainer: { command: command.command ?? ['python3', 'train.py', '${args}'] },
      sampler: Object.hasOwn(SAMPLERS, method) ? SAMPLERS[method] : 'auto',
      ...(pruner && { pruner }),
      ...(typeof cap === 'number' && { trials: cap }),
      parameters,
    },
    notes,
  };
}

/** Nested parameters become dotted names. */
function flatten(
  given: unknown,
  at: readonly string[],
  prefix: string,
  context: { readonly source: Source; readonly notes: string[]; readonly asText: boolean },
): Record<string, unknown> {
  const { source, notes } = context;
  const out: Record<string, unknown> = {};
  if (!isMapping(given)) {
    notes.push(`${prefix || 'parameters'}: expected a mapping of parameters`);
    return out;
  }
  for (const [name, parameter] of Object.entries(given)) {
    const path = `${prefix}${name}`;
    if (isMapping(parameter) && isMapping(parameter.parameters)) {
      notes.push(`${path}: its parameters are named ${path}.NAME; W&B passes them as one mapping`);
      Object.assign(out, flatten(parameter.parameters, [...at, name, 'parameters'], `${path}.`, context));
      continue;
    }
    const fractional = ['min', 'max'].some((end) => FRACTIONAL.test(source([...at, name, end]) ?? ''));
    const converted = wandbParameter(parameter, fractional);
    for (const note of converted.notes) {
      notes.push(converted.parameter === null ? `${path}: omitted, ${note}` : `${path}: without ${note}`);
    }
    if (converted.parameter !== null)
      out[path] = context.asText ? asPython(converted.parameter) : converted.parameter;
  }
  return out;
}

/** W&B writes a choice into an argument as Python prints it: --flag=True. */
function asPython(parameter: unknown): unknown {
  if (!Array.isArray(parameter)) return parameter;
  return parameter.map((value) => {
    if (value === null) return 'None';
    return typeof value === 'boolean' ? (value ? 'True' : 'False') : value;
  });
}

/**
 * Returns the pruner for W&B's "hyperband". That compares a run at each of its brackets with all runs that reached it, and
 * continues the best 1/eta: hpo's asha. With max_iter and s the brackets are counted from the end.
 */
function early(given: unknown, notes: string[]): Record<string, unknown> | null {
  if (given === undefined || given === null) return null;
  if (!isMapping(given) || given.type !== 'hyperband') {
    notes.push('early_terminate: omitted; docs/pruners.md lists the pruners');
    return null;
  }
  if (given.strict !== undefined) notes.push('early_terminate: without strict');
  const eta = typeof given.eta === 'number' ? given.eta : 3;
  const first = firstBracket(given, eta);
  if (!Number.isInteger(eta))
    notes.push(`early_terminate: eta ${eta} became ${Math.max(2, Math.round(eta))}`);
  return {
    name: 'asha',
    ...(first !== null && { min_resource: first }),
    reduction_factor: Math.max(2, Math.round(eta)),
  };
}

function firstBracket({ min_iter: min, max_iter: max, s }: Readonly<Record<string, unknown>>, eta: number) {
  if (typeof min === 'number') return Math.max(1, Math.round(min));
  if (typeof max !== 'number') return null;
  let bracket = max;
  for (let k = 0; k < (typeof s === 'number' ? s : 1); k++) bracket /= eta;
  return Math.max(1, Math.floor(bracket));
}

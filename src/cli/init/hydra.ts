import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { parse } from '../../config/plain-yaml.js';
import { isMapping } from '../../core/mapping.js';
import { plainOption, type Scalar, type ScriptOption } from './script-option.js';

type Mapping = Readonly<Record<string, unknown>>;

/** Where a Hydra program has its configuration. */
export type HydraPlace = { readonly folder: string; readonly config: string };
/** A group of the defaults list, `optimizer: adam`, with the files that it can choose from. */
type Group = { readonly name: string; readonly chosen: string; readonly choices: readonly string[] };

const MAX_DEPTH = 8;

/**
 * Returns the values of a Hydra configuration as options: each value by its dotted name, and each group with several files. What only
 * some files of a group have exists only with these.
 * @param composed the configuration as Hydra composed it; null: it is composed here, without interpolations and packages.
 */
export function hydraOptions({ folder, config }: HydraPlace, composed: unknown): ScriptOption[] {
  const primary = readYaml(join(folder, withExtension(config))) ?? {};
  const groups = groupsOf(folder, primary);
  const whole = isMapping(composed) ? composed : compose(folder, primary, groups);
  const values = flatten(whole, '');
  const options = [...values].map(([name, value]) => toOption(name, value));
  for (const group of groups.filter(({ choices }) => choices.length > 1)) {
    const files = new Map(
      group.choices.map((choice) => [
        choice,
        flatten(readYaml(fileOf(folder, group.name, choice)) ?? {}, `${group.name.replaceAll('/', '.')}.`),
      ]),
    );
    restrict(options, group, files);
    options.unshift(choiceOf(group));
  }
  return options;
}

/** Returns the defaults list's groups in the folder. */
function groupsOf(folder: string, { defaults }: Mapping): Group[] {
  if (!Array.isArray(defaults)) return [];
  return defaults.flatMap((entry): Group[] => {
    if (!isMapping(entry)) return [];
    const [[key, chosen] = ['', null]] = Object.entries(entry);
    // `override /x` and `x@package` change what another entry means.
    const name = key.replace(/^optional\s+/, '').replace(/^\//, '');
    if (typeof chosen !== 'string' || /[\s@]/.test(name) || name.startsWith('hydra')) return [];
    const path = join(folder, name);
    if (!existsSync(path)) return [];
    const choices = readdirSync(path)
      .filter((file) => /\.ya?ml$/.test(file))
      .map((file) => basename(file, extname(file)))
      .sort();
    return choices.includes(withoutExtension(chosen))
      ? [{ name, chosen: withoutExtension(chosen), choices }]
      : [];
  });
}

function choiceOf({ name, chosen, choices }: Group): ScriptOption {
  return { ...toOption(name, chosen), kind: 'text', choices, default: chosen };
}

/** Values that only some files of a group have: those of the chosen one get a condition, those of others are added. */
function restrict(
  options: ScriptOption[],
  group: Group,
  files: ReadonlyMap<string, ReadonlyMap<string, unknown>>,
): void {
  const names = new Set([...files.values()].flatMap((values) => [...values.keys()]));
  for (const name of names) {
    const having = group.choices.filter((choice) => files.get(choice)?.has(name));
    if (having.length === group.choices.length) continue;
    const when = { name: group.name, values: having };
    const at = options.findIndex((option) => option.name === name);
    const value = files.get(having[0] ?? '')?.get(name);
    if (at >= 0) options[at] = { ...(options[at] as ScriptOption), when };
    else options.push({ ...toOption(name, value), when });
  }
}

function compose(folder: string, primary: Mapping, groups: readonly Group[]): Mapping {
  const whole: Record<string, unknown> = {};
  for (const { name, chosen } of groups)
    whole[name.replaceAll('/', '.')] = readYaml(fileOf(folder, name, chosen)) ?? {};
  const { defaults: _, ...own } = primary;
  for (const [key, value] of Object.entries(own)) {
    const below = whole[key];
    whole[key] = isMapping(below) && isMapping(value) ? { ...below, ...value } : value;
  }
  return whole;
}

function flatten(value: unknown, prefix: string, depth = 0): Map<string, unknown> {
  const found = new Map<string, unknown>();
  if (!isMapping(value) || depth > MAX_DEPTH) return found;
  for (const [key, item] of Object.entries(value)) {
    if (key === 'defaults' || key === 'hydra' || key.startsWith('_')) continue;
    if (isMapping(item))
      for (const [name, inner] of flatten(item, `${prefix}${key}.`, depth + 1)) found.set(name, inner);
    else found.set(`${prefix}${key}`, item);
  }
  return found;
}

function toOption(name: string, value: unknown): ScriptOption {
  const isPlain =
    typeof value === 'number' ||
    typeof value === 'boolean' ||
    (typeof value === 'string' && !value.includes('${'));
  const own = isPlain ? (value as Scalar | boolean) : null;
  // Hydra takes name=value.
  return { ...plainOption(name, own), isList: Array.isArray(value), isRequired: value === '???' };
}

function fileOf(folder: string, group: string, choice: string): string {
  const file = join(folder, group, `${choice}.yaml`);
  return existsSync(file) ? file : join(folder, group, `${choice}.yml`);
}

function readYaml(file: string): Mapping | null {
  try {
    const value: unknown = parse(readFileSync(file, 'utf8'));
    return isMapping(value) ? value : null;
  } catch {
    return null;
  }
}

function withExtension(config: string): string {
  return /\.ya?ml$/.test(config) ? config : `${config}.yaml`;
}

function withoutExtension(name: string): string {
  return name.replace(/\.ya?ml$/, '');
}

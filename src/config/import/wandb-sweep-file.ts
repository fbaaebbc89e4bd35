import { isMapping } from '../../core/mapping.js';
import type { Path, YamlFile } from '../yaml-file.js';
import { wandbSweep } from './wandb-sweep.js';

/** Keys that only a sweep file of hpo has. */
const OURS = ['objective', 'objectives', 'sampler', 'trainer', 'pruner'];
/** Where the parts of hpo's file come from in W&B's. */
const ORIGINS: Readonly<Record<string, readonly string[]>> = {
  study: ['name'],
  objective: ['metric'],
  target: ['metric', 'target'],
  trainer: ['command'],
  sampler: ['method'],
  pruner: ['early_terminate'],
  trials: ['run_cap'],
};

/** Returns whether a file is a sweep of W&B: a method and parameters, and nothing of hpo's own. */
export function isWandbSweep(value: unknown): value is Readonly<Record<string, unknown>> {
  if (!isMapping(value) || typeof value.method !== 'string' || !isMapping(value.parameters)) return false;
  return !OURS.some((key) => Object.hasOwn(value, key));
}

/** Returns a W&B sweep as a sweep file of hpo, whose positions are those in the W&B file; `notices` says what it cannot express. */
export function asSweepFile(yaml: YamlFile): {
  readonly yaml: YamlFile;
  readonly notices: readonly string[];
} {
  const { value, file } = yaml;
  if (!isWandbSweep(value)) return { yaml, notices: [] };
  const { sweep, notes } = wandbSweep(value, file, yaml.source);
  return {
    yaml: {
      ...yaml,
      value: sweep,
      place: (path, at) => yaml.place(origin(path), at),
      // Words of the command are texts; parameters keep their names.
      source: (path) => (path[0] === 'parameters' ? yaml.source(path) : null),
    },
    notices: notes.map((note) => `${file} is a W&B sweep: ${note}`),
  };
}

function origin([first, ...rest]: Path): Path {
  if (first === 'parameters') return [first, ...rest];
  return ORIGINS[String(first)] ?? [];
}

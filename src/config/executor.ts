import type { ComponentSpec } from '../core/component-options.js';
import { isMapping } from '../core/mapping.js';
import { DEFAULT_EXECUTOR, executors } from '../executors/registry.js';
import { componentSchema, type GivenKind, toComponentSpec } from './component-schema.js';
import type { Diagnostics } from './diagnostics.js';
import { check } from './zod-diagnostics.js';

/** Settings of this machine's devices: they say nothing about jobs of a cluster. */
export const DEVICE_SETTINGS = ['devices', 'slots_per_device', 'gpus_per_trial', 'min_free_memory'] as const;

/** Reads where attempts run from a sweep file. Null after noting what is wrong. */
export function toExecutor(
  raw: { readonly [key: string]: unknown },
  mistakes: Diagnostics,
): ComponentSpec | null {
  const schema = componentSchema(executors, 'kind');
  const given = check(schema, withKind(raw.executor ?? DEFAULT_EXECUTOR), mistakes, ['executor']);
  if (given === null) return null;
  const executor = toComponentSpec(executors, given as GivenKind, 'kind');
  if (runsJobs(executor.name))
    for (const key of DEVICE_SETTINGS) {
      if (raw[key] === undefined) continue;
      const { code, message, fix } = deviceSetting(key, executor.name);
      mistakes.add([key], code, message, { fix, at: 'key' });
    }
  return executor;
}

/** Returns whether an executor submits jobs to something that places them itself. */
export function runsJobs(name: string): boolean {
  return executors.find((entry) => entry.name === name)?.places === 'jobs';
}

/** Returns the mistake of a setting that the executor has no use for. */
export function deviceSetting(name: string, executor: string) {
  return {
    code: 'local-only',
    message: `expected ${name} only with executor: local, got executor: ${executor}`,
    fix: 'remove it; executor.gpus says how many GPUs each trial gets',
  };
}

/** Versions before the first cluster had `name` here, as samplers have. */
function withKind(given: unknown): unknown {
  if (!isMapping(given) || given.kind !== undefined || typeof given.name !== 'string') return given;
  const { name, ...options } = given;
  return { kind: name, ...options };
}

import { resolve } from 'node:path';
import type { OptionMapping } from '../../core/component-options.js';
import { usageError } from '../../core/errors.js';
import { isMapping } from '../../core/mapping.js';

/** The values of `RAY_OPTIONS`; memory in bytes, 0 and empty: not given. */
export type RayOptions = {
  readonly address: string;
  readonly cpus: number;
  readonly gpus: number;
  readonly mem: number;
  readonly resources: OptionMapping;
  readonly runtime_env: OptionMapping;
  readonly working_dir: string;
};

/** What a job asks for, in Ray's names. */
export type Resources = Readonly<Record<string, number>>;

/** What every job of a sweep has. */
export type JobTerms = {
  readonly resources: Resources;
  readonly runtimeEnv: OptionMapping;
  readonly envVars: Readonly<Record<string, string>>;
};

/** The variable of Ray that holds the time below. */
export const STOP_WAIT = 'RAY_JOB_STOP_WAIT_TIME_S';
/** How long Ray leaves a job between TERM and KILL, in seconds. */
export const GRACE_S = 10;

/**
 * Returns the address of the cluster.
 * @throws HpoError (usage) executor.no-address.
 */
export function addressOf({ address }: Pick<RayOptions, 'address'>): string {
  const found = address || process.env.RAY_API_SERVER_ADDRESS;
  if (found) return found;
  throw usageError('executor.no-address', 'expected the address of a Ray cluster, got none', {
    fix: 'write executor: {kind: ray, address: "http://HOST:8265"}, or set RAY_API_SERVER_ADDRESS',
  });
}

/** Returns the folder to send, or the address of a package that is somewhere already; null: jobs run in hpo's folder. */
export function workingDirOf({ working_dir }: RayOptions, cwd: string): string | null {
  if (working_dir === '') return null;
  return working_dir.includes('://') ? working_dir : resolve(cwd, working_dir);
}

/**
 * Returns what each job asks for.
 * @throws HpoError (usage) executor.bad-resources or executor.bad-runtime-env.
 */
export function termsOf({ cpus, gpus, mem, resources, runtime_env }: RayOptions): JobTerms {
  for (const [name, amount] of Object.entries(resources))
    if (typeof amount !== 'number' || !(amount > 0) || !Number.isFinite(amount))
      throw usageError(
        'executor.bad-resources',
        `expected executor.resources.${name} to be a number above 0, got ${JSON.stringify(amount)}`,
      );
  if (runtime_env.working_dir !== undefined)
    throw badEnv('no working_dir', 'one', 'write it as executor.working_dir');
  for (const key of ['pip', 'uv', 'conda'])
    if (typeof runtime_env[key] === 'string' && /\.(txt|ya?ml)$/.test(runtime_env[key]))
      throw badEnv(`${key} with what is in the file`, runtime_env[key], 'write the packages as a list');
  const { env_vars = {}, excludes, ...runtimeEnv } = runtime_env;
  if (!isMapping(env_vars)) throw badEnv('env_vars to be a mapping', JSON.stringify(env_vars), null);
  excludesOf(runtime_env);
  return {
    resources: {
      ...(cpus > 0 && { CPU: cpus }),
      ...(gpus > 0 && { GPU: gpus }),
      ...(mem > 0 && { memory: mem }),
      ...(resources as Resources),
    },
    runtimeEnv,
    envVars: {
      [STOP_WAIT]: String(GRACE_S),
      ...Object.fromEntries(Object.entries(env_vars).map(([name, value]) => [name, String(value)])),
    },
  };
}

/** @throws HpoError (usage) executor.bad-runtime-env. */
export function excludesOf({ excludes = [] }: OptionMapping): readonly string[] {
  if (Array.isArray(excludes) && excludes.every((each) => typeof each === 'string')) return excludes;
  throw badEnv('excludes to be a list of texts', JSON.stringify(excludes), null);
}

function badEnv(expected: string, got: string, fix: string | null) {
  return usageError(
    'executor.bad-runtime-env',
    `expected executor.runtime_env to have ${expected}, got ${got}`,
    fix === null ? {} : { fix },
  );
}

/** Returns a job in the form of Ray's interface. */
export function jobBody(
  id: string,
  entrypoint: string,
  { resources, runtimeEnv, envVars }: JobTerms,
): OptionMapping {
  const { CPU, GPU, memory, ...custom } = resources;
  return {
    submission_id: id,
    entrypoint,
    ...(CPU !== undefined && { entrypoint_num_cpus: CPU }),
    ...(GPU !== undefined && { entrypoint_num_gpus: GPU }),
    ...(memory !== undefined && { entrypoint_memory: memory }),
    ...(Object.keys(custom).length > 0 && { entrypoint_resources: custom }),
    runtime_env: { ...runtimeEnv, env_vars: envVars },
  };
}

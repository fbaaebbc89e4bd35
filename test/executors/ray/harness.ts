import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type OptionValues, withDefaults } from '../../../src/core/component-options.js';
import type { JobTimes } from '../../../src/executors/batch/job-end.js';
import type { Executor } from '../../../src/executors/executor.js';
import { makeRayExecutor } from '../../../src/executors/ray/module.js';
import { RAY_OPTIONS } from '../../../src/executors/ray/options.js';
import type { RayOptions } from '../../../src/executors/ray/request.js';
import type { TrainerSetup } from '../../../src/executors/trainer-setup.js';
import { makeSetup } from '../local/harness.js';

type Made = {
  readonly setup?: Partial<TrainerSetup>;
  readonly options?: OptionValues;
  readonly times?: JobTimes;
};

/** An executor whose jobs run this program of the shell. */
export function makeRay(
  outputs: string,
  program: string,
  { setup = {}, options = {}, times }: Made = {},
): Executor {
  const whole = { ...makeSetup(outputs, ['/bin/bash', '-c', program]), ...setup };
  return makeRayExecutor(whole, withDefaults(RAY_OPTIONS, options) as unknown as RayOptions, times);
}

/** Options of jobs that share no folder with hpo. */
export function sending(outputs: string): OptionValues {
  mkdirSync(join(outputs, 'code'), { recursive: true });
  return { working_dir: 'code' };
}

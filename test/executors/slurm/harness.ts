import type { OptionValues } from '../../../src/core/component-options.js';
import { withDefaults } from '../../../src/core/component-options.js';
import type { Executor } from '../../../src/executors/executor.js';
import { slurm } from '../../../src/executors/slurm/module.js';
import { SLURM_OPTIONS } from '../../../src/executors/slurm/options.js';
import type { TrainerSetup } from '../../../src/executors/trainer-setup.js';
import { makeSetup } from '../local/harness.js';

/** An executor of real jobs that run this program of the shell. */
export function makeSlurm(
  outputs: string,
  program: string,
  {
    setup = {},
    options = {},
  }: { readonly setup?: Partial<TrainerSetup>; readonly options?: OptionValues } = {},
): Executor {
  const whole = { ...makeSetup(outputs, ['/bin/bash', '-c', program]), ...setup };
  return slurm.open(whole, withDefaults(SLURM_OPTIONS, { cpus: 1, ...options }));
}

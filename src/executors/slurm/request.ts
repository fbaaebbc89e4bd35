import { usageError } from '../../core/errors.js';

/** The values of `SLURM_OPTIONS`; sizes in bytes, durations in milliseconds, 0 and empty: not given. */
export type SlurmOptions = {
  readonly mode: 'auto' | 'job' | 'step';
  readonly partition: string;
  readonly account: string;
  readonly qos: string;
  readonly time: number;
  readonly gpus: number;
  readonly cpus: number;
  readonly mem: number;
  readonly nodes: number;
  readonly constraint: string;
  readonly args: readonly string[];
  readonly arrays: boolean;
  readonly modules: readonly string[];
  readonly prologue: string;
};

/** How long before its time limit a job gets USR2, in seconds. */
const WARNING_S = 60;
const MIB = 2 ** 20;
const MINUTE_MS = 60_000;

/** Returns the arguments of sbatch and srun for what a trial asks for. @throws HpoError (usage) executor.bad-args. */
export function requestArgs(options: SlurmOptions, as: 'job' | 'step'): readonly string[] {
  const { partition, account, qos, time, gpus, cpus, mem, nodes, constraint, args } = options;
  for (const arg of args)
    if (!arg.startsWith('-') || OWN.some((own) => arg === own || arg.startsWith(`${own}=`)))
      throw usageError(
        'executor.bad-args',
        `expected executor.args to be options such as --exclusive, each one entry (--gres=shard:2), got ${JSON.stringify(arg)}`,
        { ...(arg.startsWith('-') && { fix: `hpo itself sets ${OWN.join(', ')}` }) },
      );
  // An allocation has these for all its steps.
  const ofJob = [
    ...given('--partition', partition),
    ...given('--account', account),
    ...given('--qos', qos),
    ...given('--constraint', constraint),
  ];
  return [
    ...(as === 'job' ? ofJob : []),
    ...given('--time', time && Math.ceil(time / MINUTE_MS)),
    ...given('--gpus', gpus),
    ...given('--cpus-per-task', cpus),
    ...given('--mem', mem && `${Math.ceil(mem / MIB)}M`),
    ...given('--nodes', nodes),
    ...args,
  ];
}

/** What sbatch gets on top of that: it sends the warning to the script, which passes it on. */
export const JOB_ARGS = [
  '--requeue',
  `--signal=B:USR2@${WARNING_S}`,
  '--open-mode=append',
  '--export=ALL',
  '--parsable',
] as const;

/** Options that hpo relies on. */
const OWN = [
  '--job-name',
  '-J',
  '--output',
  '-o',
  '--error',
  '-e',
  '--parsable',
  '--wait',
  '-W',
  '--array',
  '-a',
  '--wrap',
  '--chdir',
  '-D',
];

function given(name: string, value: string | number): readonly string[] {
  return value === '' || value === 0 ? [] : [`${name}=${value}`];
}

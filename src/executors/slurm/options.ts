import type { OptionSpecs } from '../../core/component-options.js';

/** The options of `executor: slurm`. Where nothing is given, SLURM's own defaults and SBATCH_ variables decide. */
export const SLURM_OPTIONS: OptionSpecs = {
  mode: {
    type: 'choice',
    values: ['auto', 'job', 'step'],
    default: 'auto',
    help: 'job: each trial is a job of its own (sbatch); step: a step (srun) inside the allocation in which hpo runs; auto: step inside an allocation, else job',
  },
  partition: { type: 'text', default: '', help: 'partition, or several separated by commas' },
  account: { type: 'text', default: '', help: 'account that is charged' },
  qos: { type: 'text', default: '', help: 'quality of service' },
  time: {
    type: 'duration',
    default: 0,
    help: 'time limit of each job, such as 2h; a job that reaches it is submitted again and resumes from its checkpoint',
  },
  gpus: { type: 'int', default: 0, min: 0, help: 'GPUs of each trial' },
  cpus: { type: 'int', default: 0, min: 0, help: 'CPUs of each trial' },
  mem: { type: 'size', default: 0, help: 'memory of each trial, such as 8GiB' },
  nodes: { type: 'int', default: 0, min: 0, help: 'nodes of each trial' },
  constraint: { type: 'text', default: '', help: 'features that its nodes must have' },
  args: { type: 'texts', default: [], help: 'further arguments of sbatch or srun, one entry each' },
  arrays: {
    type: 'boolean',
    default: true,
    help: 'submit trials that start together as one array, with the samplers grid, random and qmc and mode: job',
  },
  modules: { type: 'texts', default: [], help: 'environment modules to load before the trainer starts' },
  prologue: {
    type: 'text',
    default: '',
    help: 'lines of bash that run in the job before the trainer, such as source env.sh',
  },
};

import type { OptionSpecs } from '../../core/component-options.js';

/** The options of `executor: command`. Each command is a list of words, as in `trainer.command`; no shell reads it. */
export const COMMAND_OPTIONS: OptionSpecs = {
  submit: {
    type: 'texts',
    default: [],
    help: 'submits a job that runs `${script}` and prints its id; `${name}`, `${output}` and `${cwd}` are its name, the file for messages and its folder',
  },
  status: {
    type: 'texts',
    default: [],
    help: 'prints something and exits 0 while the job `${id}` (or `${name}`) waits or runs, and nothing or another code afterwards',
  },
  cancel: { type: 'texts', default: [], help: 'ends the job `${id}` (or `${name}`)' },
  job_id: {
    type: 'text',
    default: '',
    help: 'environment variable with the id of the job inside it; by default those of PBS, Grid Engine, HTCondor and LSF are tried',
  },
  modules: { type: 'texts', default: [], help: 'environment modules to load before the trainer starts' },
  prologue: {
    type: 'text',
    default: '',
    help: 'lines of bash that run in the job before the trainer, such as source env.sh',
  },
};

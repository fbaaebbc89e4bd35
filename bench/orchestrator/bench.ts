import type { Bench } from '../bench.js';
import { benchAgainstXargs } from './against-xargs.js';
import { benchMemory } from './memory.js';
import { benchTurnaround } from './turnaround.js';

/** Measures the cost of the orchestrator: time between trials, time over a whole sweep, and memory. */
export const benchOrchestrator: Bench = async (options) => {
  const turnaround = await benchTurnaround(options);
  const xargs = await benchAgainstXargs(options);
  const memory = await benchMemory(options);
  return {
    title: 'The cost of the orchestrator',
    intro:
      'All figures come from real runs of `hpo optimize` as its own process, with its database (synchronous=FULL), ' +
      "its supervisor, its log files, its sweep log and runs.csv, on the machine's disk.",
    sections: [...turnaround.sections, ...xargs.sections, ...memory.sections],
    figures: { turnaround: turnaround.figures, againstXargs: xargs.figures, memory: memory.figures },
  };
};

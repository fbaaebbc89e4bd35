import type { Fault } from './fault.js';

/** What programs that use the library, and code of the user's own, may do. */
export const FAULTS_OF_PROGRAMS: readonly Fault[] = [
  {
    fault: 'kill -9 of a program in the midst of a trial whose objective names its parameters',
    promise:
      'the next call runs the trial again with what it had, and goes on as if nothing had been; trainers of a sweep are left to `hpo optimize`',
    tests: [
      'test/cli/library.test.ts',
      'test/library/define-by-run.test.ts',
      'test/storage/suggesting.test.ts',
    ],
    parts: [],
    mutants: ['parameters-named-by-the-attempt'],
  },
  {
    fault: 'a program that dies with a trial that it asked for',
    promise:
      'the next ask or optimize gets the trial; what `hpo ask` has handed out stays with whoever tells of it',
    tests: ['test/cli/asked-and-died.test.ts'],
    parts: [],
    mutants: ['asked-trial-handed-out-again'],
  },
  {
    fault: 'a sampler or pruner of your own that throws, leaves the space, or stands in a database',
    promise:
      'told as its own fault; no index is lost for it; no code is run that the sweep file or the program does not name',
    tests: [
      'test/config/custom-component.test.ts',
      'test/cli/own-parts.test.ts',
      'test/library/ask-tell.test.ts',
    ],
    parts: [],
    mutants: ['no-code-from-a-database'],
  },
  {
    fault:
      'many programs, or promises of one, that open one study at once, share its total, or close it while it runs',
    promise:
      'each gets the study; together they make exactly as many trials as the total says; close ends what runs and waits for it',
    tests: [
      'test/cli/opening.test.ts',
      'test/cli/shared-budget.test.ts',
      'test/storage/asking.test.ts',
      'test/library/closing.test.ts',
    ],
    parts: [],
    mutants: ['study-opened-together', 'budget-in-its-transaction'],
  },
];

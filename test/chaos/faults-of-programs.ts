import type { Fault } from './fault.js';

/** Failures of programs that use the library, and of custom components. */
export const FAULTS_OF_PROGRAMS: readonly Fault[] = [
  {
    fault: 'kill -9 of a program during a trial whose objective names its parameters',
    promise:
      'the next call runs the trial again with the same parameters and then resumes the study; it leaves trainers of sweeps to `hpo optimize`',
    tests: [
      'test/cli/library.test.ts',
      'test/library/define-by-run.test.ts',
      'test/storage/suggesting.test.ts',
    ],
    parts: [],
    mutants: ['parameters-named-by-the-attempt'],
  },
  {
    fault: 'a program that dies while it holds a trial from ask',
    promise:
      'the next ask or optimize gets the trial; a trial from `hpo ask` stays with the person who reports its result',
    tests: ['test/cli/asked-and-died.test.ts'],
    parts: [],
    mutants: ['asked-trial-handed-out-again'],
  },
  {
    fault:
      'kill -9 of `hpo ask --serve` at any request of a Python program, or of a trainer that saves with hpo.py',
    promise:
      'the next call starts it again: open trials keep their reports, none is lost and none is asked for twice; the last whole checkpoint stays',
    tests: ['test/cli/asked/study.test.ts', 'test/cli/asked/run.test.ts'],
    parts: [],
    mutants: ['held-trials-not-handed-out'],
  },
  {
    fault: 'a custom sampler or pruner that throws, leaves the space, or is named by a database',
    promise:
      'the error names it; no index is lost; hpo runs only code that the sweep file or the program names',
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
      'many programs, or promises of one, open one study at once, share its total, or close it while it runs',
    promise:
      'each gets the study; together they run exactly the total; close stops running trials and waits for them',
    tests: [
      'test/cli/opening.test.ts',
      'test/cli/shared-budget.test.ts',
      'test/storage/asking.test.ts',
      'test/library/closing.test.ts',
    ],
    parts: [],
    mutants: ['study-opened-together', 'budget-in-its-transaction'],
  },
  {
    fault:
      'a model that is computed in a thread while a sweep continues, and a program that does not close its study',
    promise:
      'the trials are those of a search in place; the thread computes from the newest results, and keeps no program from ending',
    tests: [
      'test/threads/conformance.test.ts',
      'test/threads/view-copy.test.ts',
      'test/threads/worker-thread.test.ts',
    ],
    parts: [],
    mutants: ['draws-of-a-thread-counted', 'new-results-reach-a-thread', 'idle-thread-keeps-no-program'],
  },
  {
    fault:
      'an agent, or a text that it believes, names a file outside of its workspace or sends broken requests; its host is killed with all its processes while a sweep runs',
    promise:
      'nothing outside is run or read; the server answers with errors and continues; so does the sweep, and any other server or person ends it',
    tests: [
      'test/mcp/workspace.test.ts',
      'test/mcp/json-rpc.test.ts',
      'test/mcp/server.test.ts',
      'test/cli/mcp/raw.test.ts',
      'test/cli/control.test.ts',
    ],
    parts: [],
    mutants: [
      'agent-stays-in-its-workspace',
      'agent-reads-no-control-characters',
      'sweep-outlives-its-server',
      'sweep-ends-by-a-command',
    ],
  },
];

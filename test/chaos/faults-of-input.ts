import type { Fault } from './fault.js';

/** Bad input from people and files. */
export const FAULTS_OF_INPUT: readonly Fault[] = [
  {
    fault: 'hostile YAML: bombs, endless nesting, strange keys, binary data, random changes of a file',
    promise: 'refused with file, line and column, exit code 2 and no stack trace',
    tests: [
      'test/config/hostile.test.ts',
      'test/config/fuzz.test.ts',
      'test/config/diagnostics.test.ts',
      'test/config/no-sweep.test.ts',
    ],
    parts: [],
    mutants: ['yaml-bombs-refused', 'errors-are-printable'],
  },
  {
    fault: 'MNIST files that are cut short, swapped, gzip bombs, pipes or folders',
    promise:
      'refused with the reason and the download command; a file never unpacks to more than its format allows',
    tests: ['test/trainer/data.test.ts'],
    parts: [],
    mutants: [],
  },
  {
    fault: 'an endless grid, a missing trainer, names that are paths, a folder as database',
    promise: 'refused with exit code 2 before anything is written; a name is never a path or a shell command',
    tests: [
      'test/cli/bad-input.test.ts',
      'test/cli/system-errors.test.ts',
      'test/executors/local/paths.test.ts',
      'test/executors/local/run.test.ts',
    ],
    parts: [],
    mutants: ['names-are-no-paths', 'no-shell-commands'],
  },
  {
    fault: 'values that a spreadsheet would run as formulas',
    promise: 'with `csv_safe` they are text, and numbers stay numbers',
    tests: ['test/loggers/csv/format.test.ts', 'test/cli/csv.test.ts'],
    parts: [],
    mutants: ['formulas-made-text'],
  },
  {
    fault: 'a metric pattern that never finishes on a line',
    promise: 'it is interrupted after 100 ms, and ten such lines fail the trial; Ctrl-C works meanwhile',
    tests: ['test/executors/local/line-reader.test.ts', 'test/cli/slow-pattern.test.ts'],
    parts: [],
    mutants: [],
  },
  {
    fault:
      'names, values and lines that control a terminal: escape sequences, control characters, direction marks',
    promise: 'terminal, log and events show them only as escapes; JSON and CSV keep them',
    tests: ['test/core/printable.test.ts', 'test/cli/hostile-text.test.ts'],
    parts: [],
    mutants: ['text-steers-no-terminal'],
  },
  {
    fault: 'more parameters than an environment variable can hold',
    promise: 'HPO_PARAMS_FILE always names a file with them; HPO_PARAMS never comes from another sweep',
    tests: ['test/executors/local/params-file.test.ts', 'test/executors/local/env.test.ts'],
    parts: [],
    mutants: [],
  },
  {
    fault: 'a database that the user may only read',
    promise: 'every reading command works and leaves no file beside the database',
    tests: ['test/cli/read-only.test.ts'],
    parts: [],
    mutants: [],
  },
  {
    fault: 'another metric or another reduction for a study that has trials',
    promise:
      'refused, or with `--allow-change` every objective is computed again from the stored metrics; a trial without the metric has no objective and is never the best',
    tests: ['test/cli/changes.test.ts', 'test/storage/agreement.test.ts'],
    parts: [],
    mutants: [],
  },
  {
    fault:
      'another list of choices for a study that has trials, while a process that knows the older one opens more',
    promise:
      'refused, or with `--allow-change` every trial is stored with one list of all its choices, in one transaction, and keeps its value; Optuna opens the study',
    tests: [
      'test/storage/choice-lists.test.ts',
      'test/study/choices.test.ts',
      'test/cli/changes.test.ts',
      'test/cli/optuna-choices.test.ts',
    ],
    parts: [],
    mutants: ['choice-keeps-its-index', 'one-list-of-choices'],
  },
  {
    fault:
      'an objective that is maximized, results that are infinite or NaN, a trial that leads at every step',
    promise:
      'samplers, pruners and terminators treat the maximum of -f as the minimum of f; model-based samplers beat random search; NaN is the worst result; the best trial is never stopped, and none at its last step or, by a comparison, without a peer',
    tests: [
      'test/samplers/conformance.test.ts',
      'test/pruners/conformance.test.ts',
      'test/terminators/conformance.test.ts',
      'test/core/stats.test.ts',
    ],
    parts: [],
    mutants: ['last-step-spared', 'peer-at-the-step'],
  },
  {
    fault: 'a database with rows or views that neither hpo nor Optuna wrote',
    promise:
      'hpo names the broken study and reads the others; it refuses a view or module in place of a table before it queries it',
    tests: ['test/cli/broken-rows.test.ts'],
    parts: [],
    mutants: [],
  },
];

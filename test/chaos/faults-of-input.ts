import type { Fault } from './fault.js';

/** What people and their files may ask for. */
export const FAULTS_OF_INPUT: readonly Fault[] = [
  {
    fault: 'hostile YAML: bombs, endless nesting, strange keys, binary data, any mutation of a file',
    promise: 'refused with file, line and column, without a stack trace, exit code 2',
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
    fault: 'MNIST files that are cut short, swapped, zipped bombs, pipes or folders',
    promise: 'refused with what is wrong and where to get them; no more is unpacked than they may hold',
    tests: ['test/trainer/data.test.ts'],
    parts: [],
    mutants: [],
  },
  {
    fault: 'an endless grid, a trainer that is not there, names that are paths, a folder as database',
    promise:
      'refused with exit code 2 before anything is written; a name is never a path or a command of a shell',
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
    fault: 'values that a spreadsheet would run',
    promise: 'with `csv_safe` they are text, and numbers stay numbers',
    tests: ['test/loggers/csv/format.test.ts', 'test/cli/csv.test.ts'],
    parts: [],
    mutants: ['formulas-made-text'],
  },
  {
    fault: 'a pattern of metrics that takes for ever on a line',
    promise: 'it is ended after 100 ms, and ten such lines fail the trial; Ctrl-C is answered meanwhile',
    tests: ['test/executors/local/line-reader.test.ts', 'test/cli/slow-pattern.test.ts'],
    parts: [],
    mutants: [],
  },
  {
    fault:
      'names, values and lines that steer a terminal: escape sequences, control characters, marks of direction',
    promise:
      'nothing of them reaches the terminal, the log or the events but as escapes; JSON and CSV hold them',
    tests: ['test/core/printable.test.ts', 'test/cli/hostile-text.test.ts'],
    parts: [],
    mutants: ['text-steers-no-terminal'],
  },
  {
    fault: 'parameters that are too many for a variable of the environment',
    promise: 'HPO_PARAMS_FILE always names a file that has them; HPO_PARAMS is never that of another sweep',
    tests: ['test/executors/local/params-file.test.ts', 'test/executors/local/env.test.ts'],
    parts: [],
    mutants: [],
  },
  {
    fault: 'a database that its reader may not write',
    promise: 'every command that only reads shows what is in it, and leaves no file beside it',
    tests: ['test/cli/read-only.test.ts'],
    parts: [],
    mutants: [],
  },
  {
    fault: 'another metric or another reduction for a study that has trials',
    promise:
      'refused, or with `--allow-change` every objective is computed again from what is stored; a trial without the metric has none and is never the best',
    tests: ['test/cli/changes.test.ts', 'test/storage/agreement.test.ts'],
    parts: [],
    mutants: [],
  },
  {
    fault:
      'an objective that is maximized, results that are infinite or NaN, a trial that leads at every step',
    promise:
      'samplers, pruners and terminators decide for the maximum of -f as for the minimum of f; what learns beats random search; NaN is the worst; the best trial is never stopped',
    tests: [
      'test/samplers/conformance.test.ts',
      'test/pruners/conformance.test.ts',
      'test/terminators/conformance.test.ts',
      'test/core/stats.test.ts',
    ],
    parts: [],
    mutants: [],
  },
  {
    fault: 'a database with rows or views that neither hpo nor Optuna made',
    promise:
      'a broken study is named and the others are read as ever; what is no table is refused before it is asked',
    tests: ['test/cli/broken-rows.test.ts'],
    parts: [],
    mutants: [],
  },
];

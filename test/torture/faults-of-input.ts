import type { Fault } from './fault.js';

/** What people and their files may ask for. */
export const FAULTS_OF_INPUT: readonly Fault[] = [
  {
    fault: 'hostile YAML: bombs, endless nesting, strange keys, binary data, any mutation of a file',
    promise: 'refused with file, line and column, without a stack trace, exit code 2',
    tests: [
      'test/config/hostile.test.ts',
      'test/config/fuzz.test.ts',
      'test/config/mistakes.test.ts',
      'test/config/no-sweep.test.ts',
    ],
    parts: [],
    mutations: [
      'input-yaml-depth',
      'input-yaml-bombs',
      'input-yaml-alias-depth',
      'input-yaml-size',
      'input-no-prototype',
      'input-errors-printable',
      'duplicate-keys-refused',
    ],
  },
  {
    fault: 'MNIST files that are cut short, swapped, zipped bombs, pipes or folders',
    promise: 'refused with what is wrong and where to get them; no more is unpacked than they may hold',
    tests: ['test/trainer/data.test.ts'],
    parts: [],
    mutations: ['input-gzip-bomb'],
  },
  {
    fault: 'an endless grid, a trainer that is not there, names that are paths, a folder as database',
    promise:
      'refused with exit code 2 before anything is written; a name is never a path or a command of a shell',
    tests: [
      'test/cli/bad-input.test.ts',
      'test/executors/process/paths.test.ts',
      'test/executors/process/run.test.ts',
    ],
    parts: [],
    mutations: [
      'input-grid-checked-first',
      'input-program-checked-first',
      'input-study-name-checked',
      'input-no-other-file-as-database',
      'names-are-no-paths',
      'no-shell-commands',
    ],
  },
  {
    fault: 'values that a spreadsheet would run',
    promise: 'with `csv_safe` they are text, and numbers stay numbers',
    tests: ['test/loggers/csv/format.test.ts', 'test/cli/csv.test.ts'],
    parts: [],
    mutations: ['input-formulas-made-text'],
  },
];

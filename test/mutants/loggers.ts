import type { MutantTable } from './mutant.js';

export const LOGGERS: MutantTable = {
  'table-renamed-whole': {
    protection: 'runs.csv is replaced by one rename, so that nobody reads half a table.',
    file: 'src/loggers/csv/file.ts',
    symbol: 'writeCsv',
    expression: 'temporaryBeside(file)',
    replacement: 'file',
    also: [
      {
        file: 'src/loggers/csv/file.ts',
        symbol: 'writeCsv',
        expression: "openSync(temporary, 'wx')",
        replacement: "openSync(temporary, 'w')",
      },
    ],
    test: {
      file: 'test/loggers/csv/file.test.ts',
      name: 'a reader sees the old table until the new one is whole',
    },
  },
  'formulas-made-text': {
    protection: 'A cell that a spreadsheet would run becomes text.',
    file: 'src/loggers/csv/format.ts',
    symbol: 'neutralized',
    expression: "NUMBER.test(text) ? text : `'${text}`",
    replacement: 'text',
    test: {
      file: 'test/loggers/csv/format.test.ts',
      name: 'that a spreadsheet would run as formulas get an apostrophe',
    },
  },
  'event-after-a-torn-line': {
    protection: 'An event starts a new line after one that a loss of power cut.',
    file: 'src/loggers/events/file.ts',
    symbol: 'makeEventsFile',
    expression: "isTorn(file) ? '\\n' : ''",
    replacement: "''",
    test: { file: 'test/loggers/events/file.test.ts', name: 'appends to a file that is there' },
  },
  'event-file-of-another-writer': {
    protection: 'Nobody appends to an event file for TensorBoard that another process has replaced.',
    file: 'src/loggers/tensorboard/trial-file.ts',
    symbol: 'append',
    expression: 'fstatSync(to).size !== size',
    replacement: 'false',
    test: {
      file: 'test/loggers/tensorboard/logger.test.ts',
      name: 'a trial that another process took over is left to its file, without a warning',
    },
  },
  'wandb-journal-of-the-living': {
    protection: 'Nobody claims the rows for W&B of an orchestrator that lives.',
    file: 'src/loggers/runs/journal-folder.ts',
    symbol: 'JournalFolder.claim',
    expression: "this.#liveness.judge(ownerOf(name)) === 'ended'",
    replacement: 'ownerOf(name) !== this.#own',
    test: {
      file: 'test/loggers/runs/journal.test.ts',
      name: 'what a dead orchestrator left is claimed once',
    },
  },
  'wandb-rows-sent-once': {
    protection: 'After a crash, rows that have arrived at W&B are not sent again.',
    file: 'src/loggers/wandb/online.ts',
    symbol: 'send',
    expression: 'new JournalReader<RunEnd>(journal.file, sent)',
    replacement: 'new JournalReader<RunEnd>(journal.file)',
    test: { file: 'test/loggers/wandb/logger.test.ts', name: 'one that died while the trial runs' },
  },
  'command-ended-with-its-children': {
    protection: 'A command of notifications that hangs is ended with its children.',
    file: 'src/loggers/notify/command.ts',
    symbol: 'runCommand',
    expression: "process.kill(-child.pid, 'SIGKILL')",
    replacement: "process.kill(child.pid, 'SIGKILL')",
    test: { file: 'test/loggers/notify/command.test.ts', name: 'one that hangs holds nobody up' },
  },
  'mlflow-points-sent-once': {
    protection: 'A point that may have arrived at MLflow is looked up before it is sent again.',
    file: 'src/loggers/mlflow/client.ts',
    symbol: 'MlflowClient.log',
    expression: 'known === null ? metrics : await this.#missing(runId, metrics, known)',
    replacement: 'metrics',
    test: { file: 'test/loggers/mlflow/logger.test.ts', name: 'gets no point and no run twice' },
  },
  'mlflow-runs-created-once': {
    protection: 'A run whose creation was not answered is looked up before it is created again.',
    file: 'src/loggers/mlflow/client.ts',
    symbol: 'MlflowClient.createRun',
    expression: 'isDoubtful || isRepeat',
    replacement: 'false',
    test: { file: 'test/loggers/mlflow/logger.test.ts', name: 'before the creation of a run was answered' },
  },
  'wandb-key-taken-out': {
    protection: 'The API key is taken out of whatever a server answers.',
    file: 'src/loggers/wandb/client.ts',
    symbol: 'WandbClient.#textIn',
    expression: 'this.http.redact(text)',
    replacement: 'text',
    test: {
      file: 'test/loggers/wandb/hostile.test.ts',
      name: 'a name that a server gives a run holds no key either',
    },
  },
};

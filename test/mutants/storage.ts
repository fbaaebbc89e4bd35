import type { MutantTable } from './mutant.js';

export const STORAGE: MutantTable = {
  'answered-after-commit': {
    protection:
      'An operation answers after its commit: an attempt is stored before its process starts, an end before anybody reads of it.',
    file: 'src/storage/runner.ts',
    symbol: 'transact',
    expression: 'driver.all(sqlite.begin[mode], []);',
    replacement:
      'const late = driver as Driver & { commit?: () => void }; late.commit?.(); driver.all(sqlite.begin[mode], []);',
    also: [
      {
        file: 'src/storage/runner.ts',
        symbol: 'transact',
        expression: "driver.all('COMMIT', []);",
        replacement: `late.commit = () => { delete late.commit; driver.all('COMMIT', []); };
          if (mode === 'read') late.commit(); else setTimeout(() => late.commit?.(), 20);`,
      },
    ],
    test: { file: 'test/storage/durable.test.ts', name: 'what an operation answered is committed' },
  },
  'one-transaction-each': {
    protection: 'An operation of several statements is one transaction.',
    file: 'src/storage/runner.ts',
    symbol: 'transact',
    expression: "if (mode === 'none') return drive(driver, operation);",
    replacement: "if (mode !== 'read') return drive(driver, operation);",
    test: {
      file: 'test/storage/races.test.ts',
      name: 'processes on one file share one sequence of trials',
    },
  },
  'busy-is-waited-for': {
    protection: 'An operation waits for a database that another process has locked.',
    file: 'src/storage/runner.ts',
    symbol: 'runOperation',
    expression: 'performance.now() >= deadline',
    replacement: 'deadline > 0',
    test: { file: 'test/storage/open.test.ts', name: 'is waited for without stopping the event loop' },
  },
  'commits-are-synced': {
    protection: 'A commit survives a loss of power.',
    file: 'src/storage/open.ts',
    symbol: 'useWal',
    expression: 'PRAGMA synchronous = FULL',
    replacement: 'PRAGMA synchronous = NORMAL',
    test: { file: 'test/storage/durable.test.ts', name: 'a commit is synced to the disk before it counts' },
  },
  'torn-database-found': {
    protection: 'Opening finds a database that a crash of the machine has torn.',
    file: 'src/storage/open.ts',
    symbol: 'inspect',
    expression: "if (!state.blank) await runOperation(driver, 'read', () => quickCheck(path, url), url);",
    replacement: '',
    test: { file: 'test/storage/damage.test.ts', name: 'with a page of zeros' },
  },
  'choice-keeps-its-index': {
    protection:
      'A list of choices that changes is extended at its end: the stored index of a choice stays its own.',
    file: 'src/storage/choice-lists.ts',
    symbol: 'withChoices',
    expression: '[...known, ...added]',
    replacement: '[...added, ...known]',
    test: { file: 'test/storage/choice-lists.test.ts', name: 'what Optuna reads of each trial stays' },
  },
  'one-list-of-choices': {
    protection:
      'All trials of a study are stored with one list of choices, those of a process with an older list too.',
    file: 'src/storage/operations/choice-lists.ts',
    symbol: 'toStore',
    expression: 'known.choices.includes(value) ? known : yield* extend(studyId, { name, known }, [value])',
    replacement: '{ json: encodeDistribution(distribution), choices: distribution.choices }',
    test: {
      file: 'test/storage/choice-lists.test.ts',
      name: 'keep those of a process that knows an older one',
    },
  },
  'configuration-unique': {
    protection: 'However many processes propose a configuration, it is stored once, by a unique key.',
    file: 'src/storage/migrations/migrations.ts',
    symbol: 'MIGRATIONS',
    expression: ', UNIQUE (study_id, key_sha256)',
    replacement: '',
    also: [
      {
        file: 'src/storage/operations/asking.ts',
        symbol: 'commitReserved',
        expression: "if (num(place, 'is_duplicate') !== 0) return null;",
        replacement: '',
      },
    ],
    test: { file: 'test/storage/races.test.ts', name: 'win each key once' },
  },
  'predicted-index-checked': {
    protection: 'A proposal for a predicted index is stored only there.',
    file: 'src/storage/operations/asking.ts',
    symbol: 'commitPredicted',
    expression: '!asExpected ||',
    replacement: '',
    test: { file: 'test/storage/asking.test.ts', name: 'take the expected place, or write nothing' },
  },
  'index-of-a-crash-used-again': {
    protection: 'An index that a crash left without parameters is used again, so that a grid has no hole.',
    file: 'src/storage/operations/asking.ts',
    symbol: 'releaseIndices',
    expression: 'SET owner = NULL',
    replacement: 'SET owner = owner',
    test: {
      file: 'test/storage/asking.test.ts',
      name: 'indices that were given back or freed are used again',
    },
  },
  'budget-in-its-transaction': {
    protection:
      'The transaction that opens a trial checks the total of trials, so that programs can share it.',
    file: 'src/storage/operations/limits.ts',
    symbol: 'isFull',
    expression: 'limit === null',
    replacement: 'limit === null || limit.trials > 0',
    test: {
      file: 'test/storage/asking.test.ts',
      name: 'no configuration is opened beyond a limit of trials',
    },
  },
  'enqueued-claimed-once': {
    protection: 'Of several processes only one gets an enqueued trial.',
    file: 'src/storage/operations/enqueueing.ts',
    symbol: 'claimEnqueued',
    expression: "AND t.state = 'WAITING'",
    replacement: '',
    test: { file: 'test/storage/enqueueing.test.ts', name: 'it is taken once' },
  },
  'optuna-writes-once': {
    protection: 'A worker of Optuna cannot take a trial that hpo took after the worker had looked.',
    file: 'src/storage/migrations/migrations.ts',
    symbol: 'MIGRATIONS',
    expression: "OR (OLD.state = 'RUNNING' AND NEW.state = 'RUNNING')",
    replacement: '',
    test: {
      file: 'test/storage/optuna-races.test.ts',
      name: 'does not take the enqueued trial that we took meanwhile',
    },
  },
  'optuna-file-unchanged-by-readers': {
    protection: 'A file that Optuna made stays as it is while hpo only reads it.',
    file: 'src/storage/open.ts',
    symbol: 'prepareDriver',
    expression: '!state.blank && state.version === 0',
    replacement: 'state.blank',
    test: {
      file: 'test/storage/optuna-reading.test.ts',
      name: 'is read to the last row and left as it is',
    },
  },
  'attempt-reattached-by-one': {
    protection: 'Of two orchestrators that reattach an attempt only one gets it.',
    file: 'src/storage/operations/reporting.ts',
    symbol: 'takeOverAttempt',
    expression: 'AND owner = ?',
    replacement: 'AND ? IS NOT NULL',
    test: {
      file: 'test/storage/reporting.test.ts',
      name: 'a running attempt changes hands by compare-and-set',
    },
  },
  'report-names-its-attempt': {
    protection: 'A report counts only from the current attempt of its trial.',
    file: 'src/storage/operations/reporting.ts',
    symbol: 'report',
    expression: '!isCurrent(trial, attemptId)',
    replacement: '!trial',
    test: {
      file: 'test/storage/reporting.test.ts',
      name: 'only the current attempt of a running trial reports',
    },
  },
  'finish-names-its-attempt': {
    protection: 'Only the current attempt of a trial can finish it.',
    file: 'src/storage/operations/reporting.ts',
    symbol: 'finish',
    expression: '!isCurrent(trial, attemptId)',
    replacement: '!trial',
    test: {
      file: 'test/storage/reporting.test.ts',
      name: 'a dead attempt that comes back neither reports, nor ends',
    },
  },
  'parameters-named-by-the-attempt': {
    protection: 'Only the current attempt of a trial adds parameters to it.',
    file: 'src/storage/operations/suggesting.ts',
    symbol: 'suggest',
    expression: '!isCurrent(trial, attemptId)',
    replacement: '!trial',
    test: {
      file: 'test/storage/suggesting.test.ts',
      name: 'only the current attempt of a running trial suggests',
    },
  },
  'reports-are-upserts': {
    protection: 'A report that is read again after a crash replaces the stored one.',
    file: 'src/storage/operations/reporting.ts',
    symbol: 'report',
    expression: 'DO UPDATE SET value = excluded.value, value_type = excluded.value_type',
    replacement: 'DO NOTHING',
    test: {
      file: 'test/storage/reporting.test.ts',
      name: 'reports are upserts by metric and step',
    },
  },
  'reports-of-a-retry-dropped': {
    protection: 'The reports of an attempt that is tried again are dropped.',
    file: 'src/storage/operations/reporting.ts',
    symbol: 'requeue',
    expression: 'yield* forgetReports(trialId, ended.keepSteps);',
    replacement: '',
    test: {
      file: 'test/storage/reporting.test.ts',
      name: 'the dead attempt takes its reports along',
    },
  },
};

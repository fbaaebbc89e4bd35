import { BASE, flag, type Setting, STRUCTURED } from './setting.js';

/** What is written about a sweep. */
export const LOGGING_SETTINGS = [
  {
    ...STRUCTURED,
    key: 'logging.local.metrics',
    shownDefault: 'all that are reported',
    help: 'Metric columns of runs.csv',
  },
  {
    ...BASE,
    key: 'logging.local.csv',
    kind: { type: 'path' },
    default: 'cfg/runs.csv',
    shownDefault: '`cfg/runs.csv`',
    help: 'Where the table of trials is written, relative to the folder in which hpo runs',
    see: 'running.md#runscsv',
    flag: flag('csv', '<file>'),
    property: 'csv',
  },
  {
    ...BASE,
    key: 'logging.local.csv_safe',
    kind: { type: 'boolean' },
    default: false,
    shownDefault: '`false`',
    help: 'Put an apostrophe before cells of runs.csv that a spreadsheet would run as formulas (they begin with =, +, -, @)',
    see: 'running.md#runscsv',
    property: 'csvSafe',
  },
  {
    ...BASE,
    key: 'logging.local.events',
    kind: { type: 'path' },
    shownDefault: 'nowhere',
    help: 'Where every event of the sweep is appended, one JSON object a line',
    see: 'events.md',
    flag: flag('events', '<file>'),
    property: 'events',
  },
  {
    ...BASE,
    key: 'provenance',
    kind: { type: 'boolean' },
    default: true,
    shownDefault: '`true`',
    help: "Record with the study the git commit, the hash of the command's script, the host and versions",
    see: 'running.md#where-a-sweep-came-from',
    property: 'provenance',
  },
  {
    ...STRUCTURED,
    key: 'logging.wandb',
    shownDefault: 'off',
    help: 'A W&B run for each trial: `{project, entity, name, group, tags, notes, job_type, mode, client, enabled}`',
    see: 'wandb.md',
  },
] as const satisfies readonly Setting[];

import { pruners } from '../pruners/registry.js';
import { samplers } from '../samplers/registry.js';
import { schedulerChoices } from '../schedulers/registry.js';
import { terminators } from '../terminators/registry.js';
import { BASE, flag, type Setting, STRUCTURED } from './setting.js';

/** What is searched, and how. */
export const SEARCH_SETTINGS = [
  {
    ...BASE,
    key: 'study',
    kind: { type: 'name' },
    shownDefault: "the file's name",
    help: 'Name of the study that holds the trials; the same name resumes it',
    flag: flag('study', '<name>'),
  },
  {
    ...STRUCTURED,
    key: 'objective',
    shownDefault: 'with the built-in trainer `epoch_accuracy`, `maximize`',
    help: 'What is optimized: `{metric, direction, reduce}`',
    see: 'configuration.md#objectives',
  },
  {
    ...STRUCTURED,
    key: 'objectives',
    help: 'Several objectives instead of one: a list of `{metric, direction, reduce}`; the search is for the Pareto front',
    see: 'pareto.md',
  },
  {
    ...BASE,
    key: 'sampler',
    kind: { type: 'component', registry: samplers },
    default: 'auto',
    shownDefault: '`auto`',
    help: 'How configurations are chosen: a name, `{name, ...options}`, or your own file such as `./mine.js`',
    see: 'configuration.md#samplers-and-pruners',
    flag: flag('sampler', '<name>'),
  },
  {
    ...BASE,
    key: 'scheduler',
    kind: { type: 'component', registry: schedulerChoices },
    shownDefault: '`none`',
    help: 'How far each trial is trained: the best are continued and the others paused or stopped; a name, or `{name, ...options}`',
    see: 'schedulers.md',
    flag: flag('scheduler', '<name>'),
  },
  {
    ...BASE,
    key: 'max_steps',
    kind: { type: 'count', min: 1, max: null },
    shownDefault: 'the last step of the longest complete trial',
    help: 'The last step that a full trial reports; schedulers plan with it',
    see: 'schedulers.md',
    flag: flag('max-steps', '<n>'),
  },
  {
    ...BASE,
    key: 'pruner',
    kind: { type: 'component', registry: pruners },
    shownDefault: '`none`',
    help: 'A rule that only stops hopeless trials, instead of a scheduler: a name, `{name, ...options}`, or your own file',
    see: 'configuration.md#samplers-and-pruners',
    flag: flag('pruner', '<name>'),
  },
  {
    ...BASE,
    key: 'terminator',
    kind: { type: 'component', registry: terminators },
    default: 'none',
    shownDefault: '`none`',
    help: 'The rule that ends a sweep when more trials are no longer worth it: a name, or `{name, ...options}`',
    see: 'stopping.md',
    flag: flag('terminator', '<name>'),
  },
  {
    ...STRUCTURED,
    key: 'trainer',
    shownDefault: 'the built-in MNIST trainer',
    help: 'The program that is tuned',
    see: 'configuration.md#the-trainer',
  },
  {
    ...STRUCTURED,
    key: 'metrics',
    shownDefault: '`{format: metric}`',
    help: 'How the trainer writes its metrics, if not as METRIC lines',
    see: 'formats.md',
  },
  {
    ...STRUCTURED,
    key: 'parameters',
    shownDefault: 'required',
    help: 'What is searched: name -> `[values]`, `{values}` or `{min, max, log, step, steps, int}`, with an optional `when`; or `stored`: the space of the study that exists already',
    see: 'configuration.md#parameters',
  },
  {
    ...STRUCTURED,
    key: 'constraints',
    help: 'Rules that tie parameters together, `{when, set}` or `{forbid}`, and limits of metrics such as `memory_mb <= 8000`',
    see: 'configuration.md#constraints',
  },
  {
    ...STRUCTURED,
    key: 'initial_points',
    aliases: ['start'],
    help: 'Configurations to try first, whole or in part; the sampler chooses the rest',
    see: 'configuration.md#where-a-search-starts',
  },
  {
    ...STRUCTURED,
    key: 'warm_start',
    help: 'Another study whose best configurations a new study tries first: `{study, storage, top}`',
    see: 'configuration.md#where-a-search-starts',
  },
  {
    ...STRUCTURED,
    key: 'repeats',
    shownDefault: '1, or the number of `seeds`',
    help: 'Trials of each configuration, each with another seed',
  },
  {
    ...STRUCTURED,
    key: 'seeds',
    shownDefault: "derived from the study's seed",
    help: 'The seeds of the repeats; their number sets `repeats`',
  },
] as const satisfies readonly Setting[];

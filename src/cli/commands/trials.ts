import { type Command, InvalidArgumentError, Option } from 'commander';
import { parsePositive } from '../parse.js';
import { findStudy, type StudyOptions, withStorage } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & {
  readonly state?: string;
  readonly where?: string;
  readonly sort?: string;
  readonly desc?: boolean;
  readonly top?: number;
  readonly columns?: readonly string[];
  readonly json?: boolean;
};

const STATES = ['complete', 'pruned', 'fail', 'running', 'paused', 'queued', 'waiting'];

export function registerTrials(program: Command): void {
  const command = program
    .command('trials')
    .description(
      'List the trials of a study: their results and parameters, filtered and sorted as you like.',
    );
  studyOptions(command)
    .addOption(
      new Option('--state <state>', 'only trials in this state').choices(STATES).argParser(parseState),
    )
    .option('--where <condition>', 'only trials for which it holds: \'lr < 0.01 and opt == "adam"\'')
    .option('--sort <name>', 'sort by a column: an objective best first, others ascending; -NAME reverses')
    .option('--desc', 'reverse the order')
    .option('--top <n>', 'only the first n (sorted by the objective unless --sort is given)', parsePositive)
    .option('--columns <names>', 'these columns alone: parameters, metrics, time, epochs, ...', parseNames);
  examples(
    jsonOption(command),
    'hpo trials',
    'hpo trials --top 10',
    'hpo trials --state fail --columns trial,exit_code,reason',
    `hpo trials --where 'lr < 0.01 and opt == "adam"' --sort time`,
    'hpo trials --json',
  ).action(listStudyTrials);
}

/** The words of the page and of conversation. */
const ALIASES: ReadonlyMap<string, string> = new Map([
  ['failed', 'fail'],
  ['completed', 'complete'],
]);

/** Accepts upper and lower case, and the words of the page: the table prints one, people type the other. */
function parseState(text: string): string {
  const typed = text.toLowerCase();
  const state = ALIASES.get(typed) ?? typed;
  if (STATES.includes(state)) return state;
  throw new InvalidArgumentError(`Allowed choices are ${STATES.join(', ')}.`);
}

function parseNames(text: string): readonly string[] {
  const names = text.split(',').map((name) => name.trim());
  if (names.every((name) => name !== '')) return names;
  throw new InvalidArgumentError('expected names with commas between them');
}

async function listStudyTrials(options: Options): Promise<void> {
  const { listTrials } = await import('../trials/list-trials.js');
  await withStorage(options.storage, 'read', async (storage) => {
    await listTrials(storage, await findStudy(storage, options), {
      state: options.state ?? null,
      where: options.where ?? null,
      sort: options.sort ?? null,
      reverse: options.desc ?? false,
      top: options.top ?? Number.POSITIVE_INFINITY,
      columns: options.columns ?? null,
      json: options.json ?? false,
    });
  });
}

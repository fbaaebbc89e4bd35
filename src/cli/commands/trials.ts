import { type Command, InvalidArgumentError, Option } from 'commander';
import { printable } from '../../core/printable.js';
import { pagesOf } from '../../loggers/csv/source.js';
import { durationText, gpuText, numberText, paramsText } from '../../loggers/event-messages.js';
import { shownState } from '../../results/trial-table.js';
import type { Storage, StudyRecord, TrialRow } from '../../storage/storage.js';
import { print, TablePages, toJson as toJsonText, writeData } from '../output.js';
import { findStudy, metricsOf, type StudyOptions, withStorage } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly state?: string; readonly json?: boolean };

const STATES = ['complete', 'pruned', 'fail', 'running', 'queued', 'waiting'];

export function registerTrials(program: Command): void {
  const command = program.command('trials').description('List the trials of a study.');
  studyOptions(command).addOption(
    new Option('--state <state>', 'only trials in this state').choices(STATES).argParser(parseState),
  );
  examples(jsonOption(command), 'hpo trials', 'hpo trials --state fail', 'hpo trials --json').action(
    listTrials,
  );
}

/** Accepts upper and lower case: the table prints one, people type the other. */
function parseState(text: string): string {
  const state = text.toLowerCase();
  if (STATES.includes(state)) return state;
  throw new InvalidArgumentError(`Allowed choices are ${STATES.join(', ')}.`);
}

async function listTrials(options: Options): Promise<void> {
  await withStorage(options.storage, 'read', async (storage) => {
    const record = await findStudy(storage, options);
    const pages = options.json ? jsonPages() : await tablePages(storage, record, options.state);
    for await (const page of pagesOf(storage, record.id)) {
      const rows = page.filter(
        (row) => options.state === undefined || shownState(row).toLowerCase() === options.state,
      );
      if (rows.length > 0 && !(await pages.page(rows))) return;
    }
    await pages.end();
  });
}

/** Prints rows a page at a time. `page` resolves to false when the reader of stdout is gone. */
type Pages = {
  readonly page: (rows: readonly TrialRow[]) => Promise<boolean>;
  readonly end: () => Promise<boolean>;
};

/** Prints the same text as one list of all rows would give. */
function jsonPages(): Pages {
  let isFirst = true;
  return {
    page: (rows) => {
      const text = rows.map((row) => `  ${toJsonText(toJson(row)).replaceAll('\n', '\n  ')}`).join(',\n');
      const begin = isFirst ? '[\n' : ',\n';
      isFirst = false;
      return writeData(printable(begin + text));
    },
    end: () => writeData(isFirst ? '[]\n' : '\n]\n'),
  };
}

async function tablePages(storage: Storage, record: StudyRecord, state = ''): Promise<Pages> {
  const metrics = await metricsOf(storage, record);
  const columns = metrics.length > 1 ? metrics : ['objective'];
  const { gpuUse: gpus, annotated } = await storage.columns(record.id);
  const places = gpus ? ['device', 'gpu use'] : ['device'];
  const table = new TablePages([
    'trial',
    'state',
    ...columns,
    'epochs',
    'time',
    ...places,
    'seed',
    'parameters',
    'reason',
    ...(annotated ? ['note', 'tags'] : []),
  ]);
  let isEmpty = true;
  return {
    page: (rows) => {
      isEmpty = false;
      return writeData(
        printable(`${table.format(rows.map((row) => toLine(row, columns.length, { gpus, annotated })))}\n`),
      );
    },
    end: async () => {
      if (isEmpty) print(`study ${record.name} has no ${state}${state === '' ? '' : ' '}trials`);
      return true;
    },
  };
}

function toJson({ queued, handle: _, ...row }: TrialRow) {
  return { ...row, state: shownState({ ...row, queued }) };
}

function toLine(
  row: TrialRow,
  objectives: number,
  { gpus, annotated }: { readonly gpus: boolean; readonly annotated: boolean },
): string[] {
  const time =
    row.startedAtMs === null ? '' : durationText((row.finishedAtMs ?? Date.now()) - row.startedAtMs);
  return [
    String(row.number),
    shownState(row),
    ...Array.from({ length: objectives }, (_, k) => {
      const value = row.values?.[k];
      return value === undefined ? '' : numberText(value);
    }),
    String(row.epochs),
    row.queued ? '' : time,
    row.device ?? '',
    ...(gpus ? [useText(row)] : []),
    row.seed === null ? '' : String(row.seed),
    paramsText({ ...row.params, ...row.forced }),
    row.reason ?? '',
    ...(annotated ? [row.note ?? '', row.tags.join(', ')] : []),
  ];
}

/** The mean utilization of its cards and the peak memory of its processes; in brackets, the peak memory of the cards. */
function useText({ gpuUse: use }: TrialRow): string {
  if (use === null) return '';
  return gpuText({
    cardUtilizationPercent: use.cardUtilizationPercent?.mean ?? null,
    memoryMiB: use.memoryMiB?.max ?? null,
    cardMemoryMiB: use.cardMemoryMiB?.max ?? null,
  });
}

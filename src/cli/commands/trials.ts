import { type Command, InvalidArgumentError, Option } from 'commander';
import { shownState } from '../../loggers/csv/table.js';
import { durationText, gpuText, numberText, paramsText } from '../../loggers/words.js';
import type { TrialRow } from '../../storage/storage.js';
import { pagesOf } from '../optimize/source.js';
import { formatTable, print, printJson } from '../output.js';
import { findStudy, metricsOf, type StudyOptions, withStorage } from '../studies.js';
import { examples, jsonOption, studyOptions } from './shared.js';

type Options = StudyOptions & { readonly state?: string; readonly json?: boolean };

const STATES = ['complete', 'pruned', 'fail', 'running', 'queued', 'waiting'];

export function registerTrials(program: Command): void {
  const command = program.command('trials').description('List the trials of a study.');
  studyOptions(command).addOption(
    new Option('--state <state>', 'only these').choices(STATES).argParser(parseState),
  );
  examples(jsonOption(command), 'hpo trials', 'hpo trials --state fail', 'hpo trials --json').action(
    listTrials,
  );
}

/** In either case, as the table prints them and as people type them. */
function parseState(text: string): string {
  const state = text.toLowerCase();
  if (STATES.includes(state)) return state;
  throw new InvalidArgumentError(`Allowed choices are ${STATES.join(', ')}.`);
}

async function listTrials(options: Options): Promise<void> {
  await withStorage(options.storage, 'read', async (storage) => {
    const record = await findStudy(storage, options);
    const rows: TrialRow[] = [];
    for await (const page of pagesOf(storage, record.id)) {
      rows.push(
        ...page.filter(
          (row) => options.state === undefined || shownState(row).toLowerCase() === options.state,
        ),
      );
    }
    if (options.json) return printJson(rows.map(toJson));
    if (rows.length === 0)
      return print(`study ${record.name} has no ${options.state ?? ''}${options.state ? ' ' : ''}trials`);
    const metrics = await metricsOf(storage, record);
    const columns = metrics.length > 1 ? metrics : ['objective'];
    const gpus = rows.some(({ gpuUse }) => gpuUse !== null);
    const places = gpus ? ['device', 'gpu use'] : ['device'];
    print(
      formatTable(
        ['trial', 'state', ...columns, 'epochs', 'time', ...places, 'seed', 'parameters', 'reason'],
        rows.map((row) => toLine(row, columns.length, gpus)),
      ),
    );
  });
}

function toJson({ queued, dir: _, ...row }: TrialRow) {
  return { ...row, state: shownState({ ...row, queued }) };
}

function toLine(row: TrialRow, objectives: number, gpus: boolean): string[] {
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
  ];
}

/** The mean utilization of its cards, and the most memory that its processes had (in brackets: that was used there). */
function useText({ gpuUse: use }: TrialRow): string {
  if (use === null) return '';
  return gpuText({
    cardUtilizationPercent: use.cardUtilizationPercent?.mean ?? null,
    memoryMiB: use.memoryMiB?.max ?? null,
    cardMemoryMiB: use.cardMemoryMiB?.max ?? null,
  });
}

import { HpoError } from '../../core/errors.js';
import { isFeasible } from '../../core/metric-constraints.js';
import { printable } from '../../core/printable.js';
import { effectiveNames } from '../../core/space.js';
import type { StudySpec } from '../../core/spec.js';
import { pagesOf } from '../../loggers/csv/source.js';
import { compileFilter } from '../../results/filter/filter.js';
import { isOutlier, type OutlierLimits, type OutlierValues, outlierLimits } from '../../results/outliers.js';
import { type ListedTrial, type TrialAttributes, TrialFields } from '../../results/trial-fields.js';
import { TopTrials, type TrialOrder, trialOrder } from '../../results/trial-order.js';
import { shownState } from '../../results/trial-table.js';
import { withSchema } from '../../schemas/versions.js';
import type { ChangeFeed, Storage, StudyRecord, TrialRow } from '../../storage/storage.js';
import type { StoredFeed } from '../../summaries/stored-feed.js';
import { beginJson, print, toJson, writeData, writeStyled } from '../output.js';
import { openResults } from '../read-results.js';
import { type ReadableStudy, studyToRead } from '../studies.js';
import type { Cell } from '../table/table.js';
import { chosenTrials } from './chosen-trials.js';
import {
  defaultColumns,
  fieldJson,
  fieldOf,
  namedColumns,
  type Shown,
  type TrialColumn,
} from './trial-columns.js';

/** Which trials of a study are listed, in which order, and how. */
export type TrialsQuery = {
  /** In lower case; null: any. */
  readonly state: string | null;
  readonly where: string | null;
  /** The name of a field, with a minus before it for the other way round; null: by number. */
  readonly sort: string | null;
  readonly reverse: boolean;
  /** Infinity: all. */
  readonly top: number;
  /** Null: those of `defaultColumns`, or whole rows in JSON. */
  readonly columns: readonly string[] | null;
  readonly json: boolean;
};

/** Rows that one read asks for and that one page prints. */
const PAGE = 1000;

/** Prints trials a page at a time, until the reader of stdout is gone. */
export async function listTrials(storage: Storage, record: StudyRecord, query: TrialsQuery): Promise<void> {
  const { trials, fields, isMarked, order, columns } = await listingOf(storage, record, query);
  if (query.json) await printPages(trials, jsonPages(query, fields, isMarked), order, query.top);
  else await printPages(trials, await tablePages(record, query, columns), order, query.top);
}

/** Returns the trials that `listTrials` would print, `query.top` of them at most. */
export async function readTrials(
  storage: Storage,
  record: StudyRecord,
  query: Omit<TrialsQuery, 'columns' | 'json'>,
): Promise<readonly TrialRow[]> {
  const { trials, order } = await listingOf(storage, record, { ...query, columns: null, json: true });
  const found: TrialRow[] = [];
  const pages: Pages<TrialRow> = {
    line: (row) => row,
    page: async (rows) => found.push(...rows) < query.top,
    end: async () => {},
  };
  await printPages(trials, pages, order, query.top);
  return found.slice(0, query.top);
}

async function listingOf(storage: Storage, record: StudyRecord, query: TrialsQuery) {
  const nowMs = Date.now();
  const study = await studyToRead(storage, record);
  const shown = await shownOf(storage, record, study);
  const limits = await outlierLimitsOf(storage, record.id, study.spec);
  const isMarked = (row: OutlierValues) => isOutlier(row, limits);
  const listing = (attributes?: TrialAttributes) => {
    const fields = new TrialFields(shown, nowMs, isMarked, attributes);
    const columns =
      query.columns === null
        ? defaultColumns(shown, fields, nowMs)
        : namedColumns(query.columns, fields, nowMs);
    return { fields, keeps: filterOf(query, fields), order: orderOf(query, fields), columns };
  };
  const found = await withAttributes(storage, record.id, listing);
  const isWhole = found.order === null && query.state === null && query.where === null;
  // A whole list is read once, as it is printed.
  const stored = isWhole ? null : await resultsOf(storage, study);
  return { ...found, isMarked, trials: { storage, record, stored, keeps: found.keeps } };
}

/** Attributes of trials are read where the query names something that is known no other way. */
async function withAttributes<T>(
  storage: Storage,
  studyId: number,
  make: (attributes?: TrialAttributes) => T,
): Promise<T> {
  try {
    return make();
  } catch (error) {
    const attributes = await storage.readTrialAttributes(studyId, 0, Number.MAX_SAFE_INTEGER);
    if (attributes.size === 0) throw error;
    return make(attributes);
  }
}

/** Returns the results of the study; null where a row cannot be read: the list comes to it, or its reader is gone before. */
async function resultsOf(storage: Storage, study: ReadableStudy): Promise<StoredFeed | null> {
  return readable(async () => {
    const results = openResults(storage, study);
    const isStored = await results.begin();
    await results.update();
    results.save();
    return isStored ? results : null;
  });
}

/** Returns the limits of outliers in the study, by the values of its trials alone. */
export async function outlierLimitsOf(
  storage: ChangeFeed,
  studyId: number,
  { objectives }: Pick<StudySpec, 'objectives'>,
): Promise<OutlierLimits> {
  const complete = await readable(() => storage.completeValues(studyId));
  return outlierLimits(
    (complete ?? []).map((values) => ({ state: 'complete' as const, values })),
    objectives.map(({ direction }) => direction),
  );
}

async function readable<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof HpoError && error.code === 'storage.corrupt-row') return null;
    throw error;
  }
}

type Wanted = {
  readonly storage: Storage;
  readonly record: StudyRecord;
  /** Null: every trial is listed, by number, or nothing is stored of the results. */
  readonly stored: StoredFeed | null;
  readonly keeps: (row: ListedTrial) => boolean;
};

/** What is printed of a sorted trial is kept until all have been read, as one text and not as its row: that takes less memory. */
async function printPages<Line>(
  { storage, record, stored, keeps }: Wanted,
  pages: Pages<Line>,
  order: TrialOrder | null,
  limit: number,
): Promise<void> {
  const wanted = { keeps, order, limit, pageLength: PAGE };
  const chosen = stored === null ? null : chosenTrials(storage, record.id, stored, wanted);
  if (chosen !== null) {
    for await (const { rows, isLast } of chosen)
      if (rows.length > 0 && !(await pages.page(rows.map(pages.line), isLast))) return;
    await pages.end();
    return;
  }
  const top = order === null ? null : new TopTrials<string>(order, limit);
  for await (const page of pagesOf(storage, record.id)) {
    const rows = page.filter(keeps);
    if (top) for (const row of rows) top.add(row, (each) => JSON.stringify(pages.line(each)));
    else if (rows.length > 0 && !(await pages.page(rows.map(pages.line), page.length < PAGE))) return;
  }
  const sorted = top?.lines() ?? [];
  const parse = (text: string) => JSON.parse(text) as Line;
  for (let at = 0; at < sorted.length; at += PAGE)
    if (!(await pages.page(sorted.slice(at, at + PAGE).map(parse), at + PAGE >= sorted.length))) return;
  await pages.end();
}

/** What the study's trials may have: the space knows the parameters, but not those of trials that were enqueued elsewhere. */
async function shownOf(
  storage: Storage,
  record: StudyRecord,
  { space, spec }: ReadableStudy,
): Promise<Shown> {
  const { metrics } = await storage.columns(record.id);
  const first = await storage.rows(record.id, 0, PAGE);
  const names = first.flatMap(({ params, forced }) => [...Object.keys(params), ...Object.keys(forced)]);
  return {
    objectives: spec.objectives,
    parameters: [...new Set([...effectiveNames(space), ...names])],
    metrics,
    repeats: (spec.race ?? spec.repeats) > 1,
  };
}

function filterOf({ state, where }: TrialsQuery, fields: TrialFields): (row: ListedTrial) => boolean {
  const matches = where === null ? () => true : compileFilter(where, fields);
  return (row) => (state === null || shownState(row).toLowerCase() === state) && matches(row);
}

/** Null: by number. The best few are by the objective. */
function orderOf({ sort, reverse, top }: TrialsQuery, fields: TrialFields): TrialOrder | null {
  const name = sort ?? (Number.isFinite(top) ? 'objective' : null);
  if (name === null) return reverse ? trialOrder(fieldOf('trial.trial', fields), true) : null;
  const isReversed = name.startsWith('-') && fields.find(name) === null;
  return trialOrder(fieldOf(isReversed ? name.slice(1) : name, fields), isReversed !== reverse);
}

/** Prints trials a page at a time. `page` resolves to false when the reader of stdout is gone. */
type Pages<Line> = {
  /** What is printed of a trial. */
  readonly line: (row: TrialRow) => Line;
  readonly page: (lines: readonly Line[], isWhole: boolean) => Promise<boolean>;
  readonly end: () => Promise<void>;
};

/** Prints the same text as one list of all rows would give. */
function jsonPages(
  { columns }: TrialsQuery,
  fields: TrialFields,
  isMarked: (row: OutlierValues) => boolean,
): Pages<string> {
  const chosen = columns?.map((name) => [name, fieldOf(name, fields)] as const);
  const toData = (row: TrialRow) =>
    chosen
      ? Object.fromEntries(chosen.map(([name, field]) => [name, fieldJson(field, row)]))
      : withSchema('trials', { ...rowJson(row), outlier: isMarked(row) });
  let isFirst = true;
  return {
    line: (row) => `  ${toJson(toData(row)).replaceAll('\n', '\n  ')}`,
    page: (lines) => {
      const text = lines.join(',\n');
      const begin = isFirst ? '[\n' : ',\n';
      isFirst = false;
      beginJson();
      return writeData(printable(begin + text));
    },
    end: async () => void (await writeData(isFirst ? '[]\n' : '\n]\n')),
  };
}

/** A trial as `hpo trials --json` and `hpo show --json` print it. */
export function rowJson({ id: _, queued, handle: __, violations, ...row }: TrialRow) {
  const feasible = violations.length === 0 ? null : isFeasible(violations);
  return { ...row, state: shownState({ ...row, queued }), feasible };
}

async function tablePages(
  record: StudyRecord,
  { state, where }: TrialsQuery,
  columns: readonly TrialColumn[],
): Promise<Pages<readonly Cell[]>> {
  const [{ leftText }, { stdoutSurface }, { Table }] = await Promise.all([
    import('../table/left-columns.js'),
    import('../table/surface.js'),
    import('../table/table.js'),
  ]);
  const surface = stdoutSurface();
  const table = new Table(columns, surface);
  let isEmpty = true;
  return {
    line: (row) => columns.map(({ cell }) => cell(row)),
    page: (lines, isWhole) => {
      isEmpty = false;
      return writeStyled(`${table.page(lines, isWhole)}\n`);
    },
    end: async () => {
      if (isEmpty)
        print(
          `study ${record.name} has no ${state === null ? '' : `${state} `}trials${where === null ? '' : ` where ${where}`}`,
        );
      else if (table.left.length > 0)
        await writeStyled(`${surface.style('faint', leftText(table.left, surface.width))}\n`);
    },
  };
}

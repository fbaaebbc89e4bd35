import type { ParamValue } from '../../core/distribution.js';
import type { CsvSource } from '../../loggers/csv/source.js';
import { type Columns, cells, header } from '../../loggers/csv/table.js';
import type { TrialRow } from '../../loggers/study-reader.js';
import { type ParquetColumn, type ParquetType, type ParquetValue, writeParquet } from './parquet.js';

/** Columns of whole numbers, whatever the trials are. No parameter and no metric has such a name. */
const WHOLE = ['trial', 'configuration', 'attempt', 'seed', 'epochs', 'exit_code', 'parent'];

/** Columns before those of the parameters, without the objectives. */
const BEFORE = 7;

/**
 * Writes the table of trials as Parquet: the columns of runs.csv, numbers as numbers. It reads the trials twice, since the type
 * of a column is that of its values. Returns the number of rows.
 */
export async function writeTableParquet(file: string, source: CsvSource): Promise<number> {
  const columns = await source.columns();
  const names = header(columns);
  const kinds = names.map(() => new Set<string>());
  for await (const rows of source.pages(0))
    for (const row of rows)
      for (const [k, value] of valuesOf(source.study, row, columns, names).entries())
        if (value !== null) kinds[k]?.add(typeof value);
  const metrics = metricPlaces(columns);
  const types = names.map((name, k): ParquetColumn => {
    const found = kinds[k] as ReadonlySet<string>;
    const isNumber = found.size === 0 && (metrics(k) || name.startsWith('objective'));
    return { name, type: WHOLE.includes(name) ? 'INT64' : isNumber ? 'DOUBLE' : typeFor(found) };
  });
  return writeParquet(file, types, typedPages(source, columns, types));
}

async function* typedPages(
  source: CsvSource,
  columns: Columns,
  types: readonly ParquetColumn[],
): AsyncGenerator<ParquetValue[][]> {
  const names = types.map(({ name }) => name);
  for await (const rows of source.pages(0))
    yield rows.map((row) =>
      valuesOf(source.study, row, columns, names).map((value, k) => {
        const type = types[k]?.type;
        // Choices of several kinds are texts in one column; what came since the first reading has to fit.
        if (value === null) return null;
        if (type === 'STRING') return String(value);
        return typeof value === (type === 'BOOLEAN' ? 'boolean' : 'number') ? value : null;
      }),
    );
}

function typeFor(kinds: ReadonlySet<string>): ParquetType {
  if (kinds.size === 1 && kinds.has('boolean')) return 'BOOLEAN';
  return kinds.size === 1 && kinds.has('number') ? 'DOUBLE' : 'STRING';
}

/** Tells which columns are metrics: they are numbers in every file, also where no trial has one. */
function metricPlaces({ params, metrics, objectives }: Columns): (k: number) => boolean {
  const first = BEFORE + (objectives?.length ?? 1) + params.length;
  return (k) => k >= first && k < first + metrics.length;
}

/** The cells of a row; parameters as they are and not as text, and the duration as a number. */
function valuesOf(study: string, row: TrialRow, columns: Columns, names: readonly string[]): ParquetValue[] {
  const first = BEFORE + (columns.objectives?.length ?? 1);
  const given: Readonly<Record<string, ParamValue>> = { ...row.params, ...row.forced };
  return cells(study, row, columns).map((cell, k) => {
    const param = columns.params[k - first];
    if (param !== undefined) return Object.hasOwn(given, param) ? (given[param] ?? null) : null;
    if (names[k] === 'duration_s' && typeof cell === 'string') return Number(cell);
    return cell ?? null;
  });
}

import type { StoredTrial } from './database.js';
import type { ChaosFolder } from './folder.js';

/** Only the last field of these tables, the reason, holds commas, quotes or line breaks. */
function recordsOf(csv: string): string[][] {
  return csv
    .split('\r\n')
    .filter(Boolean)
    .map((line) => line.split(','));
}

/** Returns what is wrong with a table that ends within a row or has a short row. */
export function tornTable(folder: ChaosFolder): string[] {
  const csv = folder.read('cfg/runs.csv');
  if (csv === '') return [];
  const [header = [], ...rows] = recordsOf(csv);
  const short = rows.filter((row) => row.length < header.length).length;
  return [
    ...(csv.endsWith('\r\n') ? [] : ['runs.csv ends within a row']),
    ...(short > 0 ? [`runs.csv has ${short} rows that are too short`] : []),
  ];
}

type Shown = {
  readonly number: number;
  readonly state: string;
  readonly params: { readonly x: number };
  readonly attempt: number;
  readonly exitCode: number | null;
  readonly epochs: number;
};

/** Returns where runs.csv, `hpo trials --json` or `hpo export-csv` differ from the database. */
export async function tableFaults(folder: ChaosFolder, stored: readonly StoredTrial[]): Promise<string[]> {
  const csv = folder.read('cfg/runs.csv');
  const shown = JSON.parse(await folder.says('trials', '--json')) as Shown[];
  await folder.says('export-csv', '--out', 'exported.csv');
  const [header = [], ...rows] = recordsOf(csv);
  const cell = (row: readonly string[], name: string) => row[header.indexOf(name)];
  const inTable = rows.map((row) =>
    ['trial', 'x', 'state', 'exit_code', 'attempt', 'epochs'].map((name) => cell(row, name)).join(' '),
  );
  const inTrials = shown.map((t) =>
    [t.number, t.params.x, t.state, t.exitCode, t.attempt, t.epochs].join(' '),
  );
  const inDatabase = stored.map((t) => {
    const epochs = new Set(t.points.map((point) => point.replace(/^.*@|=.*$/g, ''))).size;
    return [t.number, t.x, t.state, t.exitCode, t.attempts.length, epochs].join(' ');
  });
  return [
    ...differences('runs.csv', inTable, inDatabase),
    ...differences('hpo trials', inTrials, inDatabase),
    ...(folder.read('exported.csv') === csv ? [] : ['export-csv writes other bytes than runs.csv has']),
  ];
}

function differences(name: string, got: readonly string[], want: readonly string[]): string[] {
  return [
    ...want.filter((line) => !got.includes(line)).map((line) => `${name} lacks "${line}"`),
    ...got.filter((line) => !want.includes(line)).map((line) => `${name} has "${line}"`),
    ...(got.length === want.length ? [] : [`${name} has ${got.length} rows, not ${want.length}`]),
  ];
}

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hpoInProcess, saidBy } from '../support/in-process.js';
import { makeShownStudy, type ShownStudy } from '../support/shown-study.js';

let study: ShownStudy;
const folder = mkdtempSync(join(tmpdir(), 'hpo-export-'));
beforeAll(async () => {
  study = await makeShownStudy();
});
afterAll(() => {
  study.remove();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const here = () => ['--storage', study.url, '--sweep', 'none.yaml'];
const write = (...args: readonly string[]) => saidBy('export-csv', ...here(), ...args);
const rowsOf = (text: string) => parse(text, { columns: true }) as Record<string, string>[];
const parquet = async (file: string) => parquetReadObjects({ file: await asyncBufferFromFile(file) });

test('--steps writes every step of every metric, in order, with every digit', async () => {
  const text = await write('--steps', '--out', '-');
  expect(text.split('\r\n')[0]).toBe('trial,step,metric,value');
  const rows = rowsOf(text);
  const shown = JSON.parse(await saidBy('trials', ...here(), '--json')) as {
    number: number;
    epochs: number;
  }[];
  expect(rows).toHaveLength(2 * shown.reduce((sum, { epochs }) => sum + epochs, 0));
  const key = ({ trial = '', metric = '', step = '' }: Record<string, string>) =>
    [trial.padStart(9, '0'), metric, step.padStart(9, '0')].join(' ');
  expect(rows.map(key)).toEqual(rows.map(key).sort());
  const { curves } = JSON.parse(await saidBy('show', '0', ...here(), '--json'));
  expect(
    rows.filter(({ trial, metric }) => trial === '0' && metric === 'loss').map(({ value }) => Number(value)),
  ).toEqual(curves.loss.values);
  const file = join(folder, 'steps.csv');
  expect(await write('--steps', '--out', file)).toBe(`wrote ${file}\n`);
  expect(readFileSync(file, 'utf8')).toBe(text);
});

test('Parquet has the same rows, read back by another reader, with numbers as numbers', async () => {
  const steps = join(folder, 'steps.parquet');
  await write('--steps', '--format', 'parquet', '--out', steps);
  const csv = rowsOf(await write('--steps', '--out', '-'));
  expect(await parquet(steps)).toEqual(
    csv.map(({ trial, step, metric, value }) => ({
      trial: BigInt(trial ?? ''),
      step: BigInt(step ?? ''),
      metric,
      value: Number(value),
    })),
  );
  const table = join(folder, 'runs.parquet');
  await write('--format', 'parquet', '--out', table);
  const trials = rowsOf(await write('--out', '-'));
  const read = await parquet(table);
  expect(read.map((row) => Object.keys(row))).toEqual(trials.map((row) => Object.keys(row)));
  expect(read.map(({ lr, state, trial }) => [Number(trial), state, lr])).toEqual(
    trials.map(({ lr, state, trial }) => [Number(trial), state, Number(lr)]),
  );
  // Whole numbers are whole, and a metric is a number even where nobody reported it.
  const kinds = (name: string) => new Set(read.map((row) => (row[name] === null ? null : typeof row[name])));
  for (const name of ['trial', 'configuration', 'attempt', 'seed', 'epochs'])
    expect(kinds(name), name).toEqual(new Set(['bigint']));
  const { schema } = await parquetMetadataAsync(await asyncBufferFromFile(table));
  expect(schema.find(({ name }) => name === 'epoch_loss')?.type).toBe('DOUBLE');
  // A parameter that is not active, and a value that nobody has.
  expect(read.map(({ momentum }) => momentum)).toContain(null);
  expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('Parquet does not go to stdout, and no file is left where nothing can be written', async () => {
  const ran = await hpoInProcess('export-csv', ...here(), '--format', 'parquet', '--out', '-');
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain('error[export-csv.binary]');
  expect((await hpoInProcess('export-csv', ...here(), '--steps', '--out', folder)).code).toBe(2);
  expect((await hpoInProcess('export-csv', ...here(), '--format', 'parquet', '--out', folder)).code).toBe(2);
});

import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { describeWithReal } from '../../support/real-part.js';
import { runPage } from './page-run.js';

type Row = {
  readonly state: string;
  readonly configuration: number;
  readonly metrics: Readonly<Record<string, number>>;
};

describeWithReal('python', 'docs/guides/database.md', () => {
  test('races settings of SQLite', async () => {
    const { json } = await runPage('database', { without: 'postgres' });
    const trials = (await json('trials')) as Row[];
    expect(new Set(trials.map(({ state }) => state))).toEqual(new Set(['COMPLETE']));
    expect(new Set(trials.map(({ configuration }) => configuration)).size).toBe(6);
    expect(trials.length).toBeGreaterThan(6);
    for (const { metrics } of trials) expect(Object.keys(metrics).sort()).toEqual(['p95_ms', 'rows_per_s']);
  });
});

describeWithReal('postgres', 'docs/guides/database.md', () => {
  test('searches settings of PostgreSQL, and leaves no server', async () => {
    const folders = () => readdirSync(tmpdir()).filter((name) => name.startsWith('hpo-postgres-'));
    const before = folders();
    const { json } = await runPage('database', { only: 'postgres' });
    const trials = (await json('trials', '--study', 'postgres')) as Row[];
    expect(trials.map(({ state }) => state)).toEqual(Array(3).fill('COMPLETE'));
    for (const { metrics } of trials) expect(metrics.tps).toBeGreaterThan(0);
    expect(folders().filter((name) => !before.includes(name))).toEqual([]);
  });
});

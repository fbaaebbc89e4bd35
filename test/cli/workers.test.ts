import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { hpo, makeSweep, runHere, spawnHpo, until } from '../support/cli.js';
import { newDatabase, postgresServer, urlOf } from '../support/postgres.js';
import { describeWithReal } from '../support/real-part.js';

type Worker = Readonly<Record<string, unknown>> & { readonly trials: readonly number[] };

async function workersOf(cwd: string, ...on: readonly string[]): Promise<Worker[]> {
  const { code, stdout } = await runHere(['workers', '--json', ...on], { cwd });
  return code !== 0 ? [] : (JSON.parse(stdout) as Worker[]);
}

/** A trainer that runs until the file `go` is there. */
const untilGo = ['sh', '-c', 'while [ ! -e "$0/go" ]; do sleep 0.1; done; echo METRIC loss=1'];

describe('hpo workers', () => {
  test('lists who runs trials of a file, and says that nobody does', async () => {
    const cwd = makeSweep({ parameters: { x: [1] } });
    const waiting = makeSweep({ trainer: { command: [...untilGo, cwd] }, parameters: { x: [1] } });
    const running = spawnHpo(['optimize'], { cwd: waiting });
    const worker = await until(async () => {
      const [found] = await workersOf(waiting);
      return found?.trials.length === 1 && found;
    });
    expect(worker).toMatchObject({
      host: hostname(),
      state: 'alive',
      devices: expect.any(String),
      trials: [0],
      leaseMs: null,
    });
    expect(await hpo(waiting, 'workers')).toMatch(/^host +pid +state .*\n.*alive/);
    writeFileSync(join(cwd, 'go'), '');
    expect((await running.ended).code).toBe(0);
    expect(await hpo(waiting, 'workers')).toBe('nobody runs trials of s now\n');
  });

  test('hpo show names the machine of what another one ran', async () => {
    const cwd = makeSweep({ parameters: { x: [1] } });
    await hpo(cwd, 'optimize');
    const database = new Database(join(cwd, 'storage/hpo.db'));
    database.exec("UPDATE hpo_attempts SET owner = 'alpha:1111-22:4026531836:0:7:100'");
    database.close();
    expect(await hpo(cwd, 'show', '0')).toContain('cpu on alpha');
    expect(JSON.parse(await hpo(cwd, 'show', '0', '--json'))).toMatchObject({
      attempts: [{ host: 'alpha' }],
    });
  });

  test('a lease is at least two seconds', async () => {
    const cwd = makeSweep({ lease: '1s', parameters: { x: [1] } });
    const { code, stderr } = await runHere(['optimize'], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining('error[lease.too-short]')]);
    expect(stderr).toContain('sweep.yaml:');
    expect(await runHere(['optimize', '--lease', '100ms'], { cwd })).toMatchObject({ code: 2 });
    expect(await runHere(['optimize', '--lease', '2s'], { cwd })).toMatchObject({ code: 0 });
  });
});

describeWithReal('postgres', 'workers on a server', () => {
  test('do what docs/clusters.md says, and each shows its lease', async () => {
    const { port, password, url } = await postgresServer();
    const database = await newDatabase();
    const cwd = makeSweep({ parameters: { x: [1, 2] } });
    const service = ['[lab]', 'host=localhost', `port=${port}`, `dbname=${database}`, 'user=hpo'];
    writeFileSync(join(cwd, '.pg_service.conf'), service.join('\n'));
    writeFileSync(join(cwd, '.pgpass'), `localhost:${port}:${database}:hpo:${password}\n`, { mode: 0o600 });
    const page = readFileSync(new URL('../../docs/clusters.md', import.meta.url), 'utf8');
    const block = /<!-- run: in test\/cli\/workers.test.ts -->\n```sh\n([^`]+)```/.exec(page)?.[1] ?? '';
    const lines = block.trim().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) {
      const args = line.replaceAll("'", '').split(' ').slice(1);
      const { code, stderr } = await runHere(args, { cwd, env: { HOME: cwd } });
      expect([line, code, stderr]).toEqual([line, 0, expect.any(String)]);
    }
    expect(await workersOf(cwd, '--storage', urlOf(url, database))).toMatchObject([
      { host: hostname(), state: 'ended', leaseMs: 60_000, executor: 'local', trials: [] },
    ]);
  });
});

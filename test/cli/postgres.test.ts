import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, makeSweep, runHere, startedHpo, trialsOf } from '../support/cli.js';
import { inPostgres, newDatabase, postgresServer, urlOf } from '../support/postgres.js';
import { describeWithReal } from '../support/real-part.js';

/** Every file below a folder that holds a text. */
function filesWith(folder: string, text: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => {
    const path = join(folder, name);
    return statSync(path, { throwIfNoEntry: false })?.isFile() && readFileSync(path, 'latin1').includes(text);
  });
}

/** Whether any row of a database holds a text. */
async function isStored(url: string, text: string): Promise<boolean> {
  const tables = await inPostgres("SELECT tablename FROM pg_tables WHERE schemaname = 'public'", url);
  for (const { tablename } of tables) {
    const rows = await inPostgres(`SELECT * FROM ${String(tablename)}`, url);
    if (JSON.stringify(rows).includes(text)) return true;
  }
  return false;
}

describeWithReal('postgres', 'the command line on a server', () => {
  test('runs, resumes, shows and exports a study, and its password is nowhere', async () => {
    const { tcp, password } = await postgresServer();
    const url = urlOf(tcp, await newDatabase());
    const command = ['sh', '-c', 'env > env.txt; echo "METRIC loss=1"'];
    const cwd = makeSweep({ trainer: { command }, parameters: { x: [1, 2, 3, 4] } });
    const on = ['--storage', url];
    const said: string[] = [];
    const run = async (...args: string[]) => {
      const { code, stdout, stderr } = await runHere([...args, ...on], { cwd });
      said.push(stdout, stderr);
      return { code, stderr };
    };
    expect(await run('optimize', '--trials', '2', '--events', 'events.jsonl')).toMatchObject({ code: 0 });
    // As a process of its own, with the page beside it.
    said.push(await startedHpo(cwd, 'optimize', ...on));
    expect((await trialsOf(cwd, ...on)).map(({ state }) => state)).toEqual(Array(4).fill('COMPLETE'));
    for (const args of [
      ['study', 'list'],
      ['study', 'show', 's'],
      ['show', '0'],
      ['export-csv', '--out', '-'],
      ['storage', 'check'],
      ['study', 'copy', 's', '--to', 'sqlite:copy.db'],
    ])
      expect([args, await run(...args)]).toMatchObject([args, { code: 0 }]);
    expect(await hpo(cwd, 'export-csv', '--storage', 'sqlite:copy.db', '--study', 's', '--out', '-')).toBe(
      await hpo(cwd, 'export-csv', ...on, '--study', 's', '--out', '-'),
    );
    expect(await run('show', '99')).toMatchObject({ code: 2 });
    expect(await run('optimize', '--dry-run')).toMatchObject({ code: 0 });
    expect(said.join('\n')).not.toContain(password);
    expect(filesWith(cwd, password)).toEqual([]);
    expect(await isStored(url, password)).toBe(false);
    expect(filesWith(cwd, 'loss')).not.toEqual([]);
  });

  test('does what docs/clusters.md says, with a service and a password file', async () => {
    const { port, password } = await postgresServer();
    const database = await newDatabase();
    const cwd = makeSweep();
    const service = [
      '[lab]',
      'host=localhost',
      `port=${port}`,
      `dbname=${database}`,
      'user=hpo',
      'sslmode=require',
    ];
    writeFileSync(join(cwd, '.pg_service.conf'), service.join('\n'));
    writeFileSync(join(cwd, '.pgpass'), `localhost:${port}:${database}:hpo:${password}\n`, { mode: 0o600 });
    const page = readFileSync(new URL('../../docs/clusters.md', import.meta.url), 'utf8');
    const block = /<!-- run: in test\/cli\/postgres.test.ts -->\n```sh\n([^`]+)```/.exec(page)?.[1] ?? '';
    const lines = block.trim().split('\n');
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) {
      const args = line.replaceAll("'", '').split(' ').slice(1);
      const { code, stderr } = await runHere(args, { cwd, env: { HOME: cwd } });
      expect([line, code, stderr]).toEqual([line, 0, expect.any(String)]);
    }
    const rows = await inPostgres(
      'SELECT study_name FROM studies ORDER BY 1',
      urlOf((await postgresServer()).url, database),
    );
    expect(rows).toEqual([{ study_name: 's' }, { study_name: 'second' }]);
  });

  test('says of a server that it examines what it found', async () => {
    const { tcp, password } = await postgresServer();
    const url = urlOf(tcp, await newDatabase());
    const cwd = makeSweep();
    const { stdout } = await runHere(['doctor', '--json', '--storage', url], { cwd });
    const { checks } = JSON.parse(stdout) as { checks: { name: string; status: string; message: string }[] };
    const row = checks.find(({ name }) => name.endsWith('database'));
    expect(row).toMatchObject({ status: 'ok' });
    expect(row?.message).toMatch(/^PostgreSQL \d+.*, with TLS, no tables of studies yet, answers in/);
    expect(stdout).not.toContain(password);
  });
});

import { expect, onTestFinished, test } from 'vitest';
import type { StudyInfo, TrialInfo } from '../../src/dashboard/protocol.js';
import { act, read, served } from '../dashboard/server/harness.js';
import { hpo, makeSweep, runHere } from '../support/cli.js';
import { inPostgres, newDatabase, postgresServer, urlOf } from '../support/postgres.js';
import { describeWithReal } from '../support/real-part.js';

/** Returns the URL of a role that may only read a database, as docs/clusters.md makes one. */
async function readerOf(url: string): Promise<string> {
  const role = `reader_${process.pid}_${Date.now()}`;
  await inPostgres(
    `CREATE ROLE ${role} LOGIN; GRANT USAGE ON SCHEMA public TO ${role};
      GRANT SELECT ON ALL TABLES IN SCHEMA public TO ${role}`,
    url,
  );
  onTestFinished(async () => {
    await inPostgres(`DROP OWNED BY ${role}; DROP ROLE ${role}`, url);
  });
  return url.replace('hpo@', `${role}@`);
}

describeWithReal('postgres', 'a role that may only read', () => {
  test('has every command that reads, and the page; what writes says that it may not, and changes nothing', async () => {
    const url = urlOf((await postgresServer()).url, await newDatabase());
    const cwd = makeSweep();
    await hpo(cwd, 'optimize', '--storage', url);
    const reader = await readerOf(url);
    for (const args of [
      ['trials'],
      ['trials', '--json'],
      ['show', '1'],
      ['best'],
      ['study', 'list'],
      ['study', 'show', 's'],
      ['study', 'check'],
      ['export-csv', '--out', '-'],
      ['importance'],
      ['optimize', '--dry-run'],
    ])
      expect([args, await hpo(cwd, ...args, '--storage', reader)]).toEqual([
        args,
        (await hpo(cwd, ...args, '--storage', url)).replaceAll(url, reader),
      ]);
    const before = await hpo(cwd, 'trials', '--json', '--storage', url);
    for (const args of [
      ['optimize', '--trials', '+1'],
      ['study', 'delete', 's', '--yes'],
    ]) {
      const { code, stderr } = await runHere([...args, '--storage', reader], { cwd });
      expect([args, code, stderr]).toEqual([
        args,
        2,
        expect.stringMatching(/^error\[storage\.not-allowed\]/),
      ]);
    }
    expect(await hpo(cwd, 'trials', '--json', '--storage', url)).toBe(before);
    const page = await served(reader);
    expect(await read<StudyInfo>(page, '/api/studies/s')).toMatchObject({ trialCount: 3 });
    expect(await read<TrialInfo>(page, '/api/studies/s/trials/1')).toMatchObject({ state: 'COMPLETE' });
    expect((await act(page, '/api/studies/s/rename', { name: 'other' })).status).toBeGreaterThanOrEqual(400);
    expect(await read<StudyInfo>(page, '/api/studies/s')).toMatchObject({ name: 's' });
  });
});

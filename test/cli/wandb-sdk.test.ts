import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { FakeWandb, readRow } from '../loggers/wandb/fixtures/server.js';
import { linesOf, makeSweep, runHpo, writeFiles } from '../support/cli.js';
import { describeWithReal, findWandbSdk } from '../support/real-part.js';

const sdk = (more: Record<string, unknown> = {}) =>
  makeSweep({
    logging: { wandb: { project: 'p', entity: 'me', client: 'sdk' } },
    max_concurrent: 1,
    ...more,
  });

test('without the package the sweep is not begun', async () => {
  const server = await FakeWandb.start();
  const cwd = sdk();
  const { code, stderr } = await runHpo(['optimize'], { cwd, env: server.env });
  expect(code).toBe(2);
  expect(stderr).toContain(
    'error[wandb.sdk-missing]: expected the package @wandb/sdk for client: sdk, got none',
  );
  expect(linesOf(cwd, 'storage/hpo.db')).toEqual([]);
});

/** A package of this name that notes what it is told, or does what it should not. */
function standIn(cwd: string, finish: string): void {
  const source = `import { appendFileSync } from 'node:fs';
    const note = (...what) => appendFileSync('calls', JSON.stringify(what) + '\\n');
    export default {
      async init({ settings, ...options }) {
        note('init', options.name, settings.apiKey.length, process.argv.join().includes(settings.apiKey));
        return { log: (row, step) => note('log', step, row), async finish(code) { note('finish', code); ${finish} } };
      },
    };`;
  writeFiles(cwd, {
    'node_modules/@wandb/sdk/package.json': JSON.stringify({
      name: '@wandb/sdk',
      type: 'module',
      main: 'index.js',
    }),
    'node_modules/@wandb/sdk/index.js': source,
  });
}

test('its process receives every row and the end, and never the key as an argument', async () => {
  const server = await FakeWandb.start();
  const cwd = sdk({ parameters: { x: [4] } });
  standIn(cwd, '');
  const ran = await runHpo(['optimize'], { cwd, env: server.env });
  expect([ran.code, ran.stderr]).toEqual([0, '']);
  const row = (step: number, loss: number) => ({
    loss,
    _step: step,
    _runtime: expect.any(Number),
    _timestamp: expect.any(Number),
  });
  expect(linesOf(cwd, 'calls').map((line) => JSON.parse(line) as unknown)).toEqual([
    ['init', 's-0', 40, false],
    ['log', 1, row(1, 9)],
    ['log', 2, row(2, 4)],
    ['log', 3, { hpo_state: 'COMPLETE', hpo_value: 4, hpo_feasible: true }],
    ['finish', 0],
  ]);
});

test('that it ends its process harms no sweep; the run is kept, and the next call tells it again', async () => {
  const server = await FakeWandb.start();
  const cwd = sdk({ parameters: { x: [4] } });
  standIn(cwd, 'process.exit(7);');
  const ran = await runHpo(['optimize'], { cwd, env: server.env });
  expect(ran.code).toBe(0);
  expect(ran.stdout).toContain(
    'W&B run s-0: the process of @wandb/sdk ended with 7; the run stays in its journal',
  );
  standIn(cwd, '');
  expect((await runHpo(['optimize'], { cwd, env: server.env })).code).toBe(0);
  const calls = linesOf(cwd, 'calls').map((line) => (JSON.parse(line) as string[])[0]);
  const once = ['init', 'log', 'log', 'log', 'finish'];
  expect(calls).toEqual([...once, ...once]);
});

describeWithReal('@wandb/sdk', 'with the real package', () => {
  test('the rows of a sweep arrive', async () => {
    const server = await FakeWandb.start();
    server.isLenient = true;
    const cwd = sdk({ parameters: { x: [4, 5] } });
    symlinkSync(join(String(findWandbSdk()), 'node_modules'), join(cwd, 'node_modules'));
    const ran = await runHpo(['optimize'], { cwd, env: server.env });
    expect([ran.code, ran.stderr, server.mistakes]).toEqual([0, '', []]);
    const runs = server.byName();
    expect(Object.keys(runs)).toEqual(['s-0', 's-1']);
    for (const [k, run] of Object.values(runs).entries()) {
      expect(run.history.slice(0, 2).map((text) => readRow(text).loss)).toEqual([9, 4 + k]);
      expect(run.exitcode).toBe(0);
      expect(JSON.parse(String(run.summary))).toMatchObject({ hpo_state: 'COMPLETE', hpo_value: 4 + k });
    }
  });
});

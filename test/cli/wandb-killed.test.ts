import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { FakeWandb, readRow } from '../loggers/wandb/fixtures/server.js';
import { makeProject, makeSweep, runHpo } from '../support/cli.js';

const PRELOAD = fileURLToPath(new URL('../chaos/preload.mjs', import.meta.url));
const sweep = { logging: { wandb: { project: 'p' } }, parameters: { x: [1, 2] }, max_concurrent: 1 };

/** A sweep under which each moment is noted at which something becomes visible, or that is killed beside one. */
async function run(more: Readonly<Record<string, string>>) {
  const server = await FakeWandb.start();
  const cwd = makeSweep(sweep);
  const env = { ...server.env, NODE_OPTIONS: `--import ${PRELOAD}`, ...more };
  return { server, cwd, ran: await runHpo(['optimize'], { cwd, env }) };
}

const rowsOf = (history: readonly string[]) =>
  history
    .map(readRow)
    .map(({ _step, loss }) => `${_step}:${loss}`)
    .join(' ');

let noted: readonly string[] | null = null;

/** Returns the moments of a sweep, which the first test makes. */
async function moments(): Promise<readonly string[]> {
  if (noted) return noted;
  const file = join(makeProject(), 'points');
  await run({ HPO_POINTS_FILE: file });
  noted = readFileSync(file, 'utf8').split('\n');
  return noted;
}

// A test each, since a sweep and its next call take seconds, and many on a busy machine.
describe('kill -9 during a write to the W&B journal: the next call delivers each row once, in order', () => {
  test.each([
    [/appendFileSync .*00000-1-.*\.jsonl$/, 'after'],
    [/appendFileSync .*00001-1-.*\.jsonl$/, 'before'],
    [/writeFileSync .*\.sent$/, 'before'],
    [/rmSync .*\.jsonl$/, 'before'],
    [/rmSync .*\.sent$/, 'before'],
  ] as const)('%s, %s', async (kind, side) => {
    const at = (await moments()).findIndex((point) => kind.test(point)) + 1;
    expect(at).toBeGreaterThan(0);
    const { server, cwd, ran } = await run({ HPO_KILL_AT: `${at}:${side}` });
    expect(ran.code).toBeNull();
    const next = await runHpo(['optimize'], { cwd, env: server.env });
    expect([next.code, next.stderr, server.mistakes]).toEqual([0, '', []]);
    // An attempt that was killed before it started is tried again: its own run has no rows.
    const found = [...server.runs.values()]
      .filter(({ history, exitcode }) => history.length > 0 || exitcode !== 1)
      .map(({ history, exitcode }) => [rowsOf(history), exitcode])
      .sort();
    expect(found).toEqual([1, 2].map((x) => [`1:9 2:${x}`, 0]));
  });
});

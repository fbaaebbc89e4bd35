import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COMMON_FIELDS, DROPPED, EVENTS, HELLO } from '../../src/loggers/events/table.js';
import { hpo, linesOf, makeSweep, runHere, spawnHpo, trialsOf, until, writeFiles } from '../support/cli.js';

type Line = { readonly event: string; readonly call: string; readonly [field: string]: unknown };
const eventsOf = (cwd: string, name: string) => linesOf(cwd, name).map((line) => JSON.parse(line) as Line);

test('--events writes a whole sweep, and later calls append to the file', async () => {
  const cwd = makeSweep();
  await hpo(cwd, 'optimize', '--events', 'out/events.jsonl', '--trials', '2');
  await hpo(cwd, 'optimize', '--events', 'out/events.jsonl');
  const lines = eventsOf(cwd, 'out/events.jsonl');
  const table = { hello: HELLO, ...EVENTS, 'lines-dropped': DROPPED };
  for (const { event, ...line } of lines) {
    const { fields } = table[event as keyof typeof table];
    expect(['event', ...Object.keys(line)].sort()).toEqual(
      [...Object.keys(COMMON_FIELDS), ...Object.keys(fields)].sort(),
    );
  }
  const calls = [...new Set(lines.map(({ call }) => call))];
  expect(calls).toHaveLength(2);
  for (const call of calls) {
    const own = lines.filter((line) => line.call === call).map(({ event }) => event);
    expect([own[0], own.at(-1)]).toEqual(['hello', 'sweep-finished']);
  }
  const reported = lines.filter(({ event }) => event === 'trial-reported');
  for (const { number, values } of await trialsOf(cwd)) {
    const end = lines.filter(({ event, trial }) => event === 'trial-finished' && trial === number);
    expect(end).toMatchObject([{ state: 'complete', values }]);
    expect(reported.filter(({ trial }) => trial === number).flatMap(({ points }) => points)).toEqual([
      { name: 'loss', step: 1, value: 9 },
      { name: 'loss', step: 2, value: values?.[0] },
    ]);
  }
});

test('after kill -9 the next call writes all reports of the attempts that it reattaches again', async () => {
  const cwd = makeSweep({ trainer: 'gate.sh', logging: { local: { events: 'events.jsonl' } } });
  const running = spawnHpo(['optimize'], { cwd });
  await until(
    () => eventsOf(cwd, 'events.jsonl').filter(({ event }) => event === 'trial-reported').length === 2,
  );
  running.kill('SIGKILL');
  await running.ended;
  writeFiles(cwd, { go: '' });
  await hpo(cwd, 'optimize');
  const lines = eventsOf(cwd, 'events.jsonl');
  const second = lines.slice(lines.findLastIndex(({ event }) => event === 'hello'));
  for (const trial of [0, 1]) {
    const own = second.filter((line) => line.trial === trial);
    expect(own[0]).toMatchObject({ event: 'trial-started', reattached: true });
    expect(own.flatMap(({ points }) => (points ?? []) as { step: number }[]).map(({ step }) => step)).toEqual(
      [1, 2],
    );
    expect(own.at(-1)).toMatchObject({ event: 'trial-finished', state: 'complete' });
  }
});

test('a place that cannot be written is refused before anything is made', async () => {
  const cwd = makeSweep();
  const ran = await runHere(['optimize', '--events', 'cfg'], { cwd });
  expect(ran).toMatchObject({ code: 2, stdout: '' });
  expect(ran.stderr).toContain(
    'error[events.not-writable]: expected a file that events can be appended to, got cfg: a folder',
  );
  expect(linesOf(cwd, 'storage/hpo.db')).toEqual([]);
  expect(readFileSync(join(cwd, 'cfg/sweep.yaml'), 'utf8')).toContain('study');
});

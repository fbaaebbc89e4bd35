import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { thisHost } from '../../../src/liveness/identity.js';
import { checkEventsFile, makeEventsFile } from '../../../src/loggers/events/file.js';
import { COMMON_FIELDS, EVENTS } from '../../../src/loggers/events/table.js';
import type { SweepEvent } from '../../../src/study/events.js';
import { describeOnSmallDisk, fill, smallDisk } from '../../support/tmpfs.js';
import { finished, reported, started, temporaryFolder } from '../support.js';

const OF = { study: 's', call: 'c0ffee', objectives: [{ metric: 'loss', direction: 'minimize' }] };
const now = () => new Date(Date.UTC(2024, 0, 2, 3, 4, 5, 6));

function linesOf(file: string): Record<string, unknown>[] {
  const text = readFileSync(file, 'utf8');
  expect(text.endsWith('\n')).toBe(true);
  return text
    .slice(0, -1)
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const one: readonly SweepEvent[] = [
  started(0),
  { type: 'trial-placed', trial: 0, attempt: 1, host: 'n1', job: '12_3' },
  { type: 'sampler-selected', sampler: 'tpe', why: 'because' },
  reported(0, ['loss', 1, Number.NaN], ['loss', 2, Number.NEGATIVE_INFINITY], ['size', null, 1e300]),
  { type: 'trial-pruning', trial: 0, reason: 'worse' },
  finished(0),
  { type: 'trial-paused', trial: 1, step: 3, reason: 'paused at step 3', durationMs: 5 },
  { type: 'trial-continued', trial: 1, fromStep: 3, toStep: null, reason: 'the best' },
  { type: 'trial-requeued', trial: 1, reason: 'interrupted' },
  { type: 'trial-taken-over', trial: 2 },
  { type: 'warning', trial: null, message: 'two\nlines' },
  { type: 'waiting-for-gpu', holders: [{ device: '0', pid: 7, watched: true, study: 't', trial: 3 }] },
  { type: 'gpus-low-memory', gpus: [{ device: '0', freeMiB: 100, usedMiB: null, totalMiB: null }] },
  {
    type: 'gpu-used',
    trial: 0,
    sample: { cardUtilizationPercent: 50, memoryMiB: 100, cardMemoryMiB: null, shared: true },
  },
  { type: 'sweep-paused' },
  { type: 'sweep-resumed' },
  { type: 'budget-spent', what: 'hours', spent: 1.5, max: 8 },
  { type: 'limits-changed', limits: { trials: 9, timeoutMs: null }, total: 9 },
  { type: 'terminator-judged', stop: false, reason: 'r', gain: { improvement: 0.5, limit: 0.1 } },
  { type: 'priors-changed' },
  { type: 'space-changed' },
  { type: 'stopping', why: 'drain' },
  { type: 'sweep-finished', end: 'budget', detail: '', savings: null },
];

test('writes every event as one line with the fields that the table promises, and no others', () => {
  const file = join(temporaryFolder(), 'made', 'events.jsonl');
  const events = makeEventsFile(file, OF, now, expect.unreachable);
  for (const event of one) events.on(event);
  expect(events.flush()).toBe(true);
  const [hello, ...lines] = linesOf(file);
  expect(hello).toEqual({
    event: 'hello',
    at: '2024-01-02T03:04:05.006Z',
    study: 's',
    call: 'c0ffee',
    version: 2,
    host: thisHost(),
    objectives: OF.objectives,
  });
  expect(lines.map(({ event }) => event)).toEqual(Object.keys(EVENTS));
  for (const line of lines) {
    const { fields } = EVENTS[line.event as keyof typeof EVENTS];
    expect(Object.keys(line).sort()).toEqual([...Object.keys(COMMON_FIELDS), ...Object.keys(fields)].sort());
  }
  expect(lines[3]?.points).toEqual([
    { name: 'loss', step: 1, value: 'NaN' },
    { name: 'loss', step: 2, value: '-Infinity' },
    { name: 'size', step: null, value: 1e300 },
  ]);
});

test('any text and number comes back from its line', () => {
  const file = join(temporaryFolder(), 'events.jsonl');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.double(), (name, value) => {
      rmSync(file, { force: true });
      const events = makeEventsFile(file, OF, now, expect.unreachable);
      events.on(reported(0, [name, 1, value]));
      const [, line] = linesOf(file) as [object, { points: { name: string; value: number | string }[] }];
      const [point] = line.points;
      expect(Buffer.from(point?.name ?? '')).toEqual(Buffer.from(name));
      // JSON has no negative zero.
      expect(Number(point?.value)).toBe(value === 0 ? 0 : value);
    }),
    { numRuns: 100 },
  );
});

test('appends to a file that is there, also after a line that a crash cut', () => {
  const file = join(temporaryFolder(), 'events.jsonl');
  makeEventsFile(file, OF, now, expect.unreachable);
  writeFileSync(file, '{"event":"tri', { flag: 'a' });
  makeEventsFile(file, OF, now, expect.unreachable);
  const lines = readFileSync(file, 'utf8').split('\n');
  expect(lines).toHaveLength(4);
  expect(lines[1]).toBe('{"event":"tri');
  expect(JSON.parse(lines[2] as string)).toMatchObject({ event: 'hello' });
});

test('refuses a folder, a pipe and a file that may not be written', () => {
  const folder = temporaryFolder();
  const pipe = join(folder, 'pipe');
  expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
  expect(() => checkEventsFile(folder)).toThrow(/got .*: a folder/);
  expect(() => checkEventsFile(pipe)).toThrow(/got .*: a device or pipe/);
  expect(() => checkEventsFile('/dev/null')).toThrow(/got .*: a device or pipe/);
  const file = join(folder, 'file');
  writeFileSync(file, '');
  expect(() => checkEventsFile(join(file, 'below'))).toThrow(/got .*: ENOTDIR/);
  checkEventsFile(join(folder, 'new', 'file'));
  checkEventsFile(file);
});

test('tells of an obstacle once and never throws', () => {
  const folder = join(temporaryFolder(), 'folder');
  const file = join(folder, 'events.jsonl');
  mkdirSync(folder);
  const told: string[] = [];
  const events = makeEventsFile(file, OF, now, (message) => told.push(message));
  rmSync(folder, { recursive: true });
  writeFileSync(folder, 'in the way');
  for (const event of one) events.on(event);
  expect(told).toEqual([expect.stringMatching(/^events could not be written to .*: E/)]);
  expect(events.flush()).toBe(false);
  rmSync(folder);
  // What was owed is not lost.
  expect(events.flush()).toBe(true);
  expect(linesOf(file).map(({ event }) => event)).toEqual(one.map(({ type }) => type));
});

describeOnSmallDisk('on a disk that fills up', () => {
  test('no line is torn or lost: what finds no place is written when there is space', () => {
    const folder = smallDisk(1);
    const file = join(folder, 'events.jsonl');
    const events = makeEventsFile(file, OF, now, expect.unreachable);
    const ballast = fill(folder, 4096);
    for (let trial = 0; trial < 300; trial++) events.on(started(trial));
    expect(events.flush()).toBe(false);
    expect(linesOf(file).length).toBeLessThan(301);
    rmSync(ballast);
    expect(events.flush()).toBe(true);
    expect(
      linesOf(file)
        .slice(1)
        .map(({ trial }) => trial),
    ).toEqual([...Array(300).keys()]);
  });
});

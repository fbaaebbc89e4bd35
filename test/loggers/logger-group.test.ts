import { describe, expect, test } from 'vitest';
import { configureLoggers, createLoggers } from '../../src/cli/optimize/loggers.js';
import type { Logger } from '../../src/loggers/logger.js';
import { LoggerGroup } from '../../src/loggers/logger-group.js';
import { loggers } from '../../src/loggers/registry.js';
import { configureResults, example } from './example-logger.js';
import { emptyReader, makeStage, studyInfo } from './stage.js';
import { finished, started } from './support.js';

const LIMITS = { openMs: 10, flushMs: 10, graceMs: 10 };
const never = new AbortController().signal;

/** A logger that notes its calls, with some of them replaced. */
function noted(calls: string[], more: Partial<Logger> = {}): Logger {
  return {
    open: async () => void calls.push('open'),
    on: ({ type }) => void calls.push(type),
    flush: async () => void calls.push('flush'),
    close: async () => void calls.push('close'),
    ...more,
  };
}

/** Runs a group of a faulty logger and a good one from its start to its end. */
async function runGroup(faulty: Partial<Logger>) {
  const [calls, reports]: [string[], string[]] = [[], []];
  const group = new LoggerGroup(
    [
      { name: 'faulty', logger: noted([], faulty) },
      { name: 'good', logger: noted(calls) },
    ],
    (name, error) => reports.push(`${name}: ${error}`),
    LIMITS,
  );
  await group.open(studyInfo, emptyReader);
  for (const trial of [0, 1]) group.emit(started(trial));
  const incomplete = await group.flush();
  await group.close(10, never);
  return { calls, reports, incomplete: [...incomplete] };
}

const ALL = ['open', 'trial-started', 'trial-started', 'flush', 'close'];
const fails = () => {
  throw new Error('broken');
};
const hangs = () => new Promise<void>(() => {});

describe('a faulty logger is reported once and disturbs no other one', () => {
  test.each<[string, Partial<Logger>, string[]]>([
    ['throws in open', { open: fails }, ['faulty: Error: broken']],
    ['rejects in open', { open: async () => fails() }, ['faulty: Error: broken']],
    ['hangs in open', { open: hangs }, ['faulty: Error: open did not finish in time']],
    ['throws at every event', { on: fails }, ['faulty: Error: broken']],
    ['throws in flush', { flush: fails }, ['faulty: Error: broken']],
    ['hangs in flush', { flush: hangs }, ['faulty: Error: flush did not finish in time']],
    ['throws in close', { close: fails }, ['faulty: Error: broken']],
    ['rejects in close', { close: async () => fails() }, ['faulty: Error: broken']],
    ['hangs in close', { close: hangs }, ['faulty: Error: close did not finish in time']],
    ['fails everywhere', { on: fails, flush: fails, close: fails }, ['faulty: Error: broken']],
  ])('%s', async (_, faulty, expected) => {
    const { calls, reports } = await runGroup(faulty);
    expect(reports).toEqual(expected);
    expect(calls).toEqual(ALL);
  });

  test('one that does not open receives no events', async () => {
    const calls: string[] = [];
    await runGroup({
      open: hangs,
      on: () => void calls.push('on'),
      close: async () => void calls.push('close'),
    });
    expect(calls).toEqual([]);
  });
});

test('an incomplete output is named, and the logger itself has reported why', async () => {
  const { incomplete, reports } = await runGroup({ flush: async () => fails() });
  expect([incomplete, reports]).toEqual([['faulty'], []]);
  expect((await runGroup({ flush: hangs })).incomplete).toEqual(['faulty']);
});

test('loggers close in reverse order, so that the first ones show the messages of the others', async () => {
  const closed: string[] = [];
  const names = ['terminal', 'csv', 'wandb'];
  const all = names.map((name) => ({
    name,
    logger: noted([], { close: async () => void closed.push(name) }),
  }));
  const group = new LoggerGroup(all, expect.unreachable);
  await group.open(studyInfo, emptyReader);
  await group.close(10, never);
  expect(closed).toEqual(names.toReversed());
});

test('loggers that wait for servers wait beside each other, and the terminal shows what they say', async () => {
  const calls: string[] = [];
  let arrived = 0;
  let release = () => {};
  const both = new Promise<void>((resolve) => {
    release = resolve;
  });
  const waits = (name: string) => async () => {
    if (++arrived === 2) release();
    await both;
    calls.push(name);
  };
  const all = [
    { name: 'terminal', logger: noted([], { close: async () => void calls.push('terminal') }) },
    ...['wandb', 'mlflow'].map((name) => ({ name, logger: noted([], { close: waits(name) }) })),
  ];
  const group = new LoggerGroup(all, expect.unreachable);
  await group.open(studyInfo, emptyReader);
  await group.close(60_000, never);
  expect(calls).toEqual(['mlflow', 'wandb', 'terminal']);
});

test('somebody who leaves shortens a close that waits', async () => {
  const leave = new AbortController();
  const limits: number[] = [];
  let end = () => {};
  const close = (limitMs: number) => {
    limits.push(limitMs);
    if (limitMs === 0) end();
    return new Promise<void>((resolve) => {
      if (limitMs === 0) resolve();
      else end = resolve;
      setImmediate(() => leave.abort());
    });
  };
  const group = new LoggerGroup([{ name: 'slow', logger: noted([], { close }) }], expect.unreachable);
  await group.open(studyInfo, emptyReader);
  await group.close(2 ** 30, leave.signal);
  expect(limits).toEqual([expect.any(Number), 0]);
});

describe('the command line', () => {
  test('takes the loggers that a sweep wants from the registry, a new one too', async () => {
    const { settings } = makeStage();
    const names = async (more: Partial<typeof settings>) =>
      (await configureLoggers({ ...settings, ...more }, [...loggers, example])).map(({ name }) => name);
    expect(await names({})).toEqual(['terminal', 'sweep-log', 'csv', 'results']);
    expect(await names({ events: 'events.jsonl', wandbMode: 'offline' })).toEqual([
      'terminal',
      'sweep-log',
      'csv',
      'events',
      'wandb',
      'results',
    ]);
    expect(await names({ wandbMode: 'disabled' })).not.toContain('wandb');
  });

  test('passes it every event', async () => {
    const { settings, folder, context } = makeStage();
    const create = configureResults(settings);
    if (!create) throw new Error('expected a logger');
    const { group } = createLoggers([{ name: 'results', create }], {
      studyDir: context.studyDir,
      json: false,
    });
    await group.open(studyInfo, emptyReader);
    group.emit(finished(3));
    await group.close(10, never);
    const { readFileSync } = await import('node:fs');
    expect(readFileSync(`${folder}/results.txt`, 'utf8')).toBe('3 complete \n');
  });

  test('loads no logger that a sweep does not want', async () => {
    const { settings } = makeStage();
    const load = () => expect.unreachable();
    const unwanted = { ...example, isWanted: () => false, load };
    expect(await configureLoggers(settings, [unwanted])).toEqual([]);
  });

  test('refuses settings that cannot work, before anything is created', async () => {
    const { settings } = makeStage();
    await expect(configureLoggers({ ...settings, csv: '-' })).rejects.toMatchObject({
      code: 'csv.not-writable',
      usage: true,
    });
  });
});

import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { loggers } from '../../src/loggers/registry.js';
import { hpo, linesOf, makeSweep, readCsv, spawnHpo, writeFiles } from '../support/cli.js';

const ALL = ['optimize', '--events', 'events.jsonl', '--wandb', 'offline'];

/** What each logger must show after hpo was killed in the middle of two trials, and resumed. */
const recovered: Readonly<Record<string, (cwd: string, stdout: string) => void>> = {
  terminal: (_, stdout) => {
    for (const trial of [0, 1]) {
      expect(stdout).toContain(`trial ${trial} reattached on cpu`);
      expect(stdout).toContain(`trial ${trial} COMPLETE`);
    }
  },
  'sweep-log': (cwd) => {
    const logs = readdirSync(join(cwd, 'outputs')).filter((name) => name.startsWith('sweep_'));
    const texts = logs.map((name) => readFileSync(join(cwd, 'outputs', name), 'utf8'));
    expect(texts).toHaveLength(2);
    for (const trial of [0, 1])
      expect(texts.filter((text) => text.includes(`trial ${trial} COMPLETE`))).toHaveLength(1);
  },
  csv: (cwd) => {
    const rows = readCsv(join(cwd, 'cfg/runs.csv'));
    expect(rows.map(({ state, objective, epochs }) => [state, objective, epochs])).toEqual([
      ['COMPLETE', '1', '2'],
      ['COMPLETE', '2', '2'],
    ]);
  },
  events: (cwd) => {
    const lines = linesOf(cwd, 'events.jsonl').map((line) => JSON.parse(line) as Record<string, unknown>);
    const second = lines.slice(lines.findLastIndex(({ event }) => event === 'hello'));
    for (const trial of [0, 1]) {
      const own = second.filter((line) => line.trial === trial);
      expect(own[0]).toMatchObject({ event: 'trial-started', reattached: true });
      // Every report follows again, from the first.
      const points = own.flatMap((line) => (line.points ?? []) as { step: number }[]);
      expect(points.map(({ step }) => step)).toEqual([1, 2]);
      expect(own.at(-1)).toMatchObject({ event: 'trial-finished', state: 'complete' });
    }
  },
  wandb: (cwd) => {
    const runs = readdirSync(join(cwd, 'wandb'));
    expect(runs).toHaveLength(2);
    for (const run of runs) {
      const [file] = readdirSync(join(cwd, 'wandb', run));
      const text = readFileSync(join(cwd, 'wandb', run, String(file)), 'latin1');
      expect(text).toContain('"COMPLETE"');
    }
    // Nothing is left to deliver.
    expect(readdirSync(join(cwd, 'outputs/s'))).not.toContain('.wandb');
  },
};

test('after a kill -9 the next call recovers what every logger missed', async () => {
  const cwd = makeSweep({ trainer: 'gate.sh', parameters: { x: [1, 2] } });
  const running = spawnHpo(ALL, { cwd });
  await running.says(/trial 0 step 1/);
  await running.says(/trial 1 step 1/);
  running.kill('SIGKILL');
  await running.ended;
  writeFiles(cwd, { go: '' });
  const stdout = await hpo(cwd, ...ALL);
  for (const { name } of loggers) {
    const check = recovered[name];
    if (!check) throw new Error(`expected a check of the logger ${name} in this file`);
    check(cwd, stdout);
  }
});

test('a table that cannot be written is reported once, ends no sweep, and makes the exit code 1', async () => {
  const cwd = makeSweep({
    trainer: 'gate.sh',
    parameters: { x: [1, 2] },
    logging: { local: { csv: 'made/runs.csv' } },
  });
  const running = spawnHpo(['optimize'], { cwd });
  await running.says(/trial 1 step 1/);
  rmSync(join(cwd, 'made'), { recursive: true, force: true });
  writeFiles(cwd, { made: 'in the way', go: '' });
  const { code, stdout } = await running.ended;
  expect(stdout).toMatch(/trial 1 COMPLETE/);
  expect(stdout.match(/error\[csv\.not-writable\]/g)).toHaveLength(1);
  expect(stdout).toContain('table: could not be written');
  expect(code).toBe(1);
});

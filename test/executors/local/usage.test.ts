import { mkdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunMetric } from '../../../src/core/run-metrics.js';
import { readUsage, usageCommand } from '../../../src/executors/local/usage.js';
import { makeAttempt, makeExecutor, Recorder, tempDir } from './harness.js';

const ALL: readonly RunMetric[] = ['hpo.duration_s', 'hpo.cpu_s', 'hpo.max_rss_mb'];

/** Runs a shell script under measurement, then reattaches it as after a `kill -9` of hpo. */
async function measure(script: string, measured = ALL) {
  const executor = makeExecutor(tempDir(), ['/bin/sh', '-c', script], { measured });
  const attempt = makeAttempt(executor);
  const recorder = new Recorder();
  const outcome = await executor.run(attempt, recorder);
  const again = new Recorder();
  await executor.reattach(attempt, again);
  expect(again.points).toEqual(recorder.points);
  expect(recorder.points.every(({ step }) => step === null)).toBe(true);
  const values = Object.fromEntries(recorder.points.map(({ name, value }) => [name, value]));
  return { outcome, values, dir: attempt.handle };
}

describe('what the supervisor measures', () => {
  it('is the CPU time and the memory of processes that the trainer started', async () => {
    const burn =
      'perl -e \'my $x = "a" x 60_000_000; my $end = (times)[0] + 0.2; 1 while (times)[0] < $end\'';
    const { outcome, values } = await measure(`(sh -c '${burn.replaceAll("'", "'\\''")}; true'); exit 3`);
    expect(outcome).toMatchObject({ kind: 'exited', exitCode: 3 });
    expect(values['hpo.cpu_s']).toBeGreaterThanOrEqual(0.19);
    expect(values['hpo.max_rss_mb']).toBeGreaterThan(60);
    expect(values['hpo.max_rss_mb']).toBeLessThan(300);
    // One process computed: it cannot have had more CPU time than time.
    expect(values['hpo.duration_s']).toBeGreaterThan(0.15);
  });

  it('is no sleep, and nothing that was not asked for', async () => {
    const { values } = await measure('sleep 0.3');
    expect(values['hpo.duration_s']).toBeGreaterThan(0.29);
    expect(values['hpo.cpu_s']).toBeLessThan(0.1);
    const { values: one, dir } = await measure('true', ['hpo.duration_s']);
    expect(Object.keys(one)).toEqual(['hpo.duration_s']);
    expect(readFileSync(join(dir, 'usage'), 'utf8')).toBe('');
  });

  it('does not hide how the trainer ended', async () => {
    expect((await measure('kill -9 $$')).outcome).toMatchObject({ kind: 'exited', exitCode: 137 });
    expect((await measure('kill -TERM 0; sleep 9')).outcome).toMatchObject({ kind: 'exited', exitCode: 143 });
  });
});

describe('a duration', () => {
  it('comes from the time since boot where a clock was set meanwhile', () => {
    const dir = join(tempDir(), '00000-1-0a');
    mkdirSync(dir);
    const stat = `7 (sh) R 1 7 7 ${'0 '.repeat(15)}5000 0`;
    writeFileSync(join(dir, 'trainer'), `here ${stat}\n`);
    writeFileSync(join(dir, 'end'), '0 52.50\n');
    utimesSync(join(dir, 'trainer'), 1000, 1000);
    const value = (endS: number) => {
      utimesSync(join(dir, 'end'), endS, endS);
      return readUsage(dir, ['hpo.duration_s']).map((point) => point.value);
    };
    expect(value(1002.504)).toEqual([2.504]);
    expect(value(9000)).toEqual([2.5]);
    expect(value(10)).toEqual([2.5]);
    rmSync(join(dir, 'end'));
    expect(readUsage(dir, ALL)).toEqual([]);
  });
});

it('says what is missing where nothing can measure', () => {
  expect(() => usageCommand('/nowhere')).toThrow(
    expect.objectContaining({ code: 'metrics.not-measurable', usage: true }),
  );
});

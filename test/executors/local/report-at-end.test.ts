import { describe, expect, it } from 'vitest';
import type { MetricFormat } from '../../../src/protocol/formats/format.js';
import { makeAttempt, makeExecutor, Recorder, tempDir } from './harness.js';

async function run(script: string, metrics: MetricFormat) {
  const executor = makeExecutor(tempDir(), ['/bin/sh', '-c', script], { metrics });
  const recorder = new Recorder();
  await executor.run(makeAttempt(executor), recorder);
  return { points: recorder.points, warnings: recorder.warnings };
}

describe('a value that is known at the end', () => {
  it('is the last number of the output alone, an unterminated line included', async () => {
    const metrics = { format: 'last-number', names: ['size'] };
    const { points } = await run("echo 'step 1: 5'; echo no; printf 'done: 7.5'", metrics);
    expect(points).toEqual([{ name: 'size', step: null, value: 7.5 }]);
    expect((await run('echo nothing', metrics)).points).toEqual([]);
  });

  const file = { format: 'json-file', path: 'out/r.json', names: ['a', 'b.c', 'l.1.x'] };
  const write = (text: string) =>
    `mkdir -p "$HPO_TRIAL_DIR/out" && printf '%s' '${text}' >"$HPO_TRIAL_DIR/out/r.json"`;

  it('is in the file that the run wrote', async () => {
    const { points } = await run(
      write('{"a": NaN, "b": {"c": 2, "d": 3}, "l": [0, {"x": 4}], "t": "5"}'),
      file,
    );
    expect(points.map(({ name, value }) => [name, value])).toEqual([
      ['a', Number.NaN],
      ['b.c', 2],
      ['l.1.x', 4],
    ]);
  });

  it.each([
    ['true', /^out\/r.json: the run wrote no such file/],
    [write('[1'), /expected a JSON object or list/],
    [write('7'), /expected a JSON object or list/],
    ['mkdir -p "$HPO_TRIAL_DIR/out" && mkfifo "$HPO_TRIAL_DIR/out/r.json"', /expected a file of at most/],
  ])('is missing with a warning after %s', async (script, warning) => {
    const { points, warnings } = await run(script, file);
    expect(points).toEqual([]);
    expect(warnings).toEqual([expect.stringMatching(warning)]);
  });
});

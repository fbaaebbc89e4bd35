import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { resolveRunConfig } from '../../src/config/overrides.js';
import { Checkpoint } from '../../src/trainer/checkpoint.js';
import { decodeSnapshot, encodeSnapshot, type Snapshot } from '../../src/trainer/checkpoint-format.js';
import { runTrainer, train } from '../../src/trainer/train.js';

const SMALL = ['device=cpu', 'data.limit=100', 'batch_size=10', 'model.filters=[2, 3]', 'model.dense=4'];

function tempDir(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hpo-checkpoint-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** The lines of a run; with `stopAfter` it is ended in the epoch after that one. */
async function lines(folder: string | undefined, overrides: string[], stopAfter?: number): Promise<string[]> {
  const printed: string[] = [];
  const stop = new AbortController();
  const print = (line: string) => {
    printed.push(line);
    if (stopAfter !== undefined && line.startsWith(`METRIC epoch=${stopAfter} `))
      stop.abort(new Error('end'));
  };
  const run = train(resolveRunConfig({}, [...SMALL, ...overrides]), print, stop.signal, folder);
  if (stopAfter === undefined) await run;
  else await expect(run).rejects.toThrow('end');
  return printed;
}

const metrics = (printed: readonly string[]) => printed.filter((line) => line.startsWith('METRIC'));
const file = (folder: string) => join(folder, 'latest.ckpt');

describe('a run that resumes from its checkpoint', () => {
  it.each(['sgd', 'adam', 'adamw', 'rmsprop'])('prints what an undisturbed one does: %s', async (opt) => {
    const overrides = [`learner.opt=${opt}`, 'learner.weight_decay=0.01', 'epochs=4'];
    const whole = metrics(await lines(undefined, overrides));
    expect(new Set(whole).size).toBe(5);
    const folder = tempDir();
    expect(metrics(await lines(folder, overrides, 1))).toEqual(whole.slice(0, 1));
    const second = await lines(folder, overrides, 3);
    expect(second[1]).toBe(`resuming after epoch 1 of ${file(folder)}`);
    expect(metrics(second)).toEqual(whole.slice(0, 3));
    expect(metrics(await lines(folder, overrides))).toEqual(whole.slice(2));
    // It was killed after its last epoch: nothing is left to train, and nothing is lost.
    expect(metrics(await lines(folder, overrides))).toEqual(whole.slice(3));
    expect(readdirSync(folder)).toEqual(['latest.ckpt']);
  });

  it('may be made longer, but not shorter', async () => {
    const folder = tempDir();
    await lines(folder, ['epochs=2']);
    const longer = metrics(await lines(folder, ['epochs=3']));
    const whole = metrics(await lines(undefined, ['epochs=3']));
    expect(longer).toEqual(whole.slice(1));
    const shorter = await lines(folder, ['epochs=1']);
    expect(shorter[1]).toBe(
      `checkpoint ${file(folder)} has 3 epochs, expected at most 1: ignored, training starts from the beginning`,
    );
    expect(metrics(shorter)[0]).toBe(whole[0]);
  });

  it.each([
    'seed=1',
    'batch_size=20',
    'learner.step_size=0.01',
    'learner.opt=sgd',
    'model.dense=5',
    'data.limit=90',
  ])('is never of another one: %s', async (other) => {
    const folder = tempDir();
    await lines(folder, ['epochs=1']);
    const printed = await lines(folder, ['epochs=1', other]);
    expect(printed[1]).toMatch(
      /(belongs to another configuration, seed or backend|is no checkpoint of this run): ignored/,
    );
    expect(metrics(printed)).toEqual(metrics(await lines(undefined, ['epochs=1', other])));
  });

  it('ignores one that a power cut tore, says so in one line, and trains from the start', async () => {
    const folder = tempDir();
    const whole = await lines(folder, ['epochs=1']);
    truncateSync(file(folder), readFileSync(file(folder)).length - 4);
    const printed = await lines(folder, ['epochs=1']);
    expect(printed[1]).toBe(
      `checkpoint ${file(folder)} is incomplete or damaged: ignored, training starts from the beginning`,
    );
    expect([printed[0], ...printed.slice(2)]).toEqual(whole);
    expect((await lines(folder, ['epochs=1']))[1]).toContain('resuming after epoch 1');
  });

  it('does not save weights that are no numbers', async () => {
    const folder = tempDir();
    const huge = ['learner.opt=sgd', 'learner.step_size=1e30', 'learner.weight_decay=1e30'];
    expect(await lines(folder, [...huge, 'epochs=3'])).toContain(
      'METRIC epoch=1 epoch_loss=nan epoch_accuracy=0',
    );
    expect(existsSync(file(folder))).toBe(false);
  });
});

describe('a checkpoint that cannot be written', () => {
  it('is reported once, and training continues', async () => {
    const folder = tempDir();
    // Nobody, not even root, makes a folder under a file.
    writeFileSync(join(folder, 'full'), '');
    const under = join(folder, 'full', 'deep');
    const printed = await lines(under, ['epochs=3']);
    const others = printed.slice(1).filter((line) => !line.startsWith('METRIC'));
    expect(others).toHaveLength(2);
    expect(others[0]).toMatch(/cannot be read \(ENOTDIR.*ignored/);
    expect(others[1]).toMatch(/^checkpoint .* not saved \(E\w+: .*\); training continues$/);
    expect(metrics(printed)).toEqual(metrics(await lines(undefined, ['epochs=3'])));
  });

  it.runIf(process.platform === 'linux')('leaves the one before: a full disk', async () => {
    const printed: string[] = [];
    const folder = tempDir();
    const checkpoint = new Checkpoint(folder, 'run', (line) => printed.push(line));
    await checkpoint.save(snapshot(1));
    // Every write to it ends with ENOSPC.
    symlinkSync('/dev/full', `${file(folder)}.tmp`);
    await checkpoint.save(snapshot(2));
    expect(printed).toEqual([expect.stringMatching(/not saved \(ENOSPC: .*\); training continues$/)]);
    expect(await checkpoint.load([3], 9)).toEqual(snapshot(1));
    // The link is gone, so there is space again.
    await checkpoint.save(snapshot(3));
    expect(await checkpoint.load([3], 9)).toEqual(snapshot(3));
  });

  it('of which the place is taken by a folder or a long file: that is ignored without being read', async () => {
    const folder = tempDir();
    const printed: string[] = [];
    const checkpoint = new Checkpoint(folder, 'run', (line) => printed.push(line));
    mkdirSync(file(folder));
    expect(await checkpoint.load([3], 9)).toBeNull();
    rmSync(file(folder), { recursive: true });
    writeFileSync(file(folder), Buffer.alloc(1_000_000));
    expect(await checkpoint.load([3], 9)).toBeNull();
    expect(printed).toHaveLength(2);
    for (const line of printed) expect(line).toContain('is no checkpoint of this run: ignored');
  });
});

function snapshot(epoch: number): Snapshot {
  return { epoch, steps: 7, score: { loss: 0.1, accuracy: 0.5 }, tensors: [Float32Array.of(1, 2, 3)] };
}

describe('the format', () => {
  it('gives back every bit that was written', () => {
    const value = fc.oneof(fc.float(), fc.constantFrom(-0, Number.NaN, Number.POSITIVE_INFINITY));
    const tensors = fc.array(fc.array(value, { maxLength: 9 }).map((values) => Float32Array.from(values)));
    fc.assert(
      fc.property(tensors, fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(), (all, loss, n) => {
        const before = { epoch: n, steps: n, score: { loss, accuracy: 0.25 }, tensors: all };
        const sizes = all.map(({ length }) => length);
        const after = decodeSnapshot(encodeSnapshot('run', before), 'run', sizes);
        if ('problem' in after) throw new Error(after.problem);
        expect(after).toEqual({ ...before, score: { ...before.score, loss: loss + 0 } });
        for (const [i, tensor] of after.tensors.entries())
          expect(Buffer.from(tensor.buffer).equals(Buffer.from(all[i]!.buffer))).toBe(true);
      }),
    );
  });

  it('takes no file for whole that is cut, longer, or has another bit', () => {
    const whole = encodeSnapshot('run', snapshot(3));
    const problem = (bytes: Uint8Array) => decodeSnapshot(bytes, 'run', [3]);
    expect(problem(whole)).toEqual(snapshot(3));
    for (let length = 0; length < whole.length; length++)
      expect(problem(whole.subarray(0, length))).toHaveProperty('problem');
    expect(problem(Buffer.concat([whole, Buffer.alloc(1)]))).toHaveProperty('problem');
    for (let at = 0; at < whole.length; at++) {
      const changed = Uint8Array.from(whole);
      changed[at]! ^= 1 << (at % 8);
      expect(problem(changed)).toHaveProperty('problem');
    }
  });

  it('is of one run, with tensors of its sizes', () => {
    const bytes = encodeSnapshot('run', snapshot(3));
    const foreign = { problem: 'belongs to another configuration, seed or backend' };
    expect(decodeSnapshot(bytes, 'another', [3])).toEqual(foreign);
    expect(decodeSnapshot(bytes, 'run', [1, 2])).toEqual(foreign);
  });
});

describe('a run with a target step', () => {
  const printed: string[] = [];
  const run = async (folder: string, target: string) => {
    vi.stubEnv('HPO_TARGET_STEP', target);
    printed.length = 0;
    const overrides = [...SMALL, 'epochs=4'];
    await runTrainer({ overrides, checkpoint: folder }, (line) => printed.push(line));
    return metrics(printed);
  };

  it('ends there, and continues to the next one with the results of an undisturbed run', async () => {
    const whole = metrics(await lines(undefined, ['epochs=4']));
    const folder = tempDir();
    expect((await run(folder, '2')).slice(0, 2)).toEqual(whole.slice(0, 2));
    expect(printed).toHaveLength(4);
    // The last saved epoch, the others, and the final values.
    expect(await run(folder, '9')).toEqual(whole.slice(1));
    vi.unstubAllEnvs();
  });

  it('trains in full where the target is no step', async () => {
    expect(await run(tempDir(), 'soon')).toHaveLength(5);
    vi.unstubAllEnvs();
  });
});

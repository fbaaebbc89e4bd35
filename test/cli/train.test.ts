import { expect, test } from 'vitest';
import { makeProject, runHpo } from '../support/cli.js';
import { installStandIns, type NativeName } from '../support/tfjs-node.js';

// Whole runs through the code of tfjs-node and tfjs-node-gpu, on stand-ins of the packages.

const QUICK = ['data.limit=50', 'epochs=1', 'model.filters=[2, 2]', 'model.dense=4'];

async function train(packages: Partial<Record<NativeName, string>>, ...overrides: string[]) {
  const cwd = makeProject();
  // As in a CPU slot: webgpu, which is installed for other tests, stays out of what auto takes.
  const env = { NODE_PATH: installStandIns(cwd, packages), CUDA_VISIBLE_DEVICES: '' };
  const ran = await runHpo(['train', ...QUICK, ...overrides], { cwd, env });
  return { ...ran, lines: ran.stdout.trimEnd().split('\n') };
}

const run = (backend: string) => [
  expect.stringMatching(new RegExp(`^SimpleCNN with \\d+ parameters on ${backend}: `)),
  expect.stringMatching(/^METRIC epoch=1 epoch_loss=\d/),
  expect.stringMatching(/^METRIC epoch_loss=\d/),
];

test.each([
  [{ 'tfjs-node': 'cpu' }, 'device=auto', 'tfjs-node'],
  [{ 'tfjs-node': 'cpu', 'tfjs-node-gpu': 'gpu' }, 'device=auto', 'tfjs-node-gpu'],
  [{ 'tfjs-node-gpu': 'gpu' }, 'device=gpu', 'tfjs-node-gpu'],
  [{ 'tfjs-node': 'cpu', 'tfjs-node-gpu': 'gpu' }, 'device=cpu', 'tfjs-node'],
  [{ 'tfjs-node-gpu': 'gpu' }, 'device=cpu', 'wasm'],
])('%j with %s trains on %s', async (packages, device, backend) => {
  const { code, lines, stderr } = await train(packages, device);
  expect({ code, lines, stderr }).toEqual({ code: 0, lines: run(backend), stderr: '' });
});

test('the same run on tfjs-node and on wasm learns the same', async () => {
  const loss = (lines: readonly string[]) => Number(/epoch_loss=(\S+)/.exec(lines.at(-1) ?? '')?.[1]);
  const native = await train({ 'tfjs-node': 'cpu' });
  const wasm = await train({});
  expect(wasm.lines[0]).toContain(' on wasm: ');
  expect(loss(native.lines)).toBeCloseTo(loss(wasm.lines), 3);
});

test.each([
  ['no-binding', 'can not be found'],
  ['no-library', 'cannot open shared object file'],
  ['throws-text', 'METRIC epoch_loss=0 METRIC epoch_loss=1'],
  ['old-node-only', 'isNullOrUndefined'],
])('one that is broken (%s) costs one line, and wasm serves', async (behavior, words) => {
  const { code, lines, stderr } = await train({ 'tfjs-node': behavior });
  const note = expect.stringMatching(new RegExp(`^note: using wasm; @tensorflow/tfjs-node .*${words}`));
  expect({ code, lines, stderr }).toEqual({ code: 0, lines: [note, ...run('wasm')], stderr: '' });
});

test('a GPU package without a GPU serves on the CPU with a line, and not where a GPU is demanded', async () => {
  const { code, lines } = await train({ 'tfjs-node-gpu': 'no-gpu' });
  const note = expect.stringMatching(/^note: using tfjs-node-gpu; .*finds no GPU/);
  expect({ code, lines }).toEqual({ code: 0, lines: [note, ...run('tfjs-node-gpu')] });

  const refused = await train({ 'tfjs-node-gpu': 'no-gpu' }, 'device=gpu');
  expect([refused.code, refused.stdout]).toEqual([2, '']);
  expect(refused.stderr).toMatch(/^error\[trainer\.no-gpu\]: .*finds no GPU.*\n {2}fix: .*device=auto/m);
});

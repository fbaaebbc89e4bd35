import { expect, test } from 'vitest';
import { makeProject, runHpo } from '../support/cli.js';
import { describeWithReal, REAL } from '../support/real-part.js';

const env = { NODE_PATH: REAL.tfjsNode, CUDA_VISIBLE_DEVICES: '', TF_CPP_MIN_LOG_LEVEL: '3' };

/** The last METRIC line of a training on a device, by name; what is said before it names the backend. */
async function train(device: string) {
  const overrides = ['epochs=1', 'data.limit=600', `device=${device}`];
  const { code, stdout, stderr } = await runHpo(['train', ...overrides], { cwd: makeProject(), env });
  expect([code, stderr]).toEqual([0, code === 0 ? stderr : '']);
  const lines = stdout.trimEnd().split('\n');
  const value = (name: string) => Number(new RegExp(`${name}=(\\S+)`).exec(lines.at(-1) ?? '')?.[1]);
  return { backend: lines[0], loss: value('epoch_loss'), accuracy: value('epoch_accuracy') };
}

describeWithReal('tfjs-node', "tfjs-node with TensorFlow's own library", () => {
  test('trains an epoch of the built-in trainer, and learns what wasm learns to the third digit', async () => {
    const native = await train('tfjs-node');
    const wasm = await train('wasm');
    expect(native.backend).toContain(' on tfjs-node: ');
    expect(wasm.backend).toContain(' on wasm: ');
    expect(native.loss).toBeGreaterThan(0);
    expect(native.loss).toBeCloseTo(wasm.loss, 3);
    expect(native.accuracy).toBeCloseTo(wasm.accuracy, 3);
  });

  test('hpo doctor says that it works, and that it is what a run would take', async () => {
    const { stdout } = await runHpo(['doctor', '--json'], { cwd: makeProject(), env });
    const { checks } = JSON.parse(stdout) as { checks: readonly { name: string; status: string }[] };
    expect(checks.find(({ name }) => name === 'backend.tfjs-node')).toMatchObject({
      status: 'ok',
      message: expect.stringMatching(/^works/) as string,
    });
    expect(checks.find(({ name }) => name === 'built-in')).toMatchObject({
      status: 'ok',
      message: 'device=auto computes with tfjs-node',
    });
  });
});

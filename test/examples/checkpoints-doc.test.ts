import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { loadSweep } from '../../src/config/load.js';
import { describeWithReal } from '../support/real-part.js';
import { runTorch } from '../support/torch.js';
import { ROOT } from './run-example.js';

const SLOW = { timeout: 120_000 };
const page = readFileSync(join(ROOT, 'docs', 'checkpoints.md'), 'utf8');
const blocks = (language: string) =>
  [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, code]) => code as string,
  );

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hpo-checkpoints-doc-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('the sweep of docs/checkpoints.md loads and asks for checkpoints', async () => {
  const [yaml, ...rest] = blocks('yaml');
  expect(rest).toEqual([]);
  writeFileSync(join(folder, 'sweep.yaml'), yaml as string);
  const { run } = await loadSweep({ sweepFile: join(folder, 'sweep.yaml') });
  expect(run.checkpoints).toBe('remove');
});

describeWithReal('torch', 'the PyTorch script of docs/checkpoints.md', () => {
  const [script = ''] = blocks('python');

  /** Its METRIC lines, where it ends after `epochs` of them. */
  async function lines(checkpoints: string, epochs: number): Promise<string[]> {
    mkdirSync(checkpoints, { recursive: true });
    const params = join(folder, 'params.json');
    writeFileSync(params, '{"lr": 0.01}');
    const shorter = script.replace('+ 1, 6)', `+ 1, ${epochs + 1})`);
    expect(shorter === script).toBe(epochs === 5);
    const env = {
      ...process.env,
      HPO_CHECKPOINT_DIR: checkpoints,
      HPO_SEED: '3',
      HPO_PARAMS_FILE: params,
    };
    const { status, stdout, stderr } = await runTorch(['-c', shorter], { cwd: folder, env });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    return stdout.trimEnd().split('\n').filter(Boolean);
  }

  test('resumes as if it had not been stopped', SLOW, async () => {
    const whole = await lines(join(folder, 'whole'), 5);
    expect(new Set(whole).size).toBe(5);
    const checkpoints = join(folder, 'stopped');
    expect(await lines(checkpoints, 2)).toEqual(whole.slice(0, 2));
    expect(await lines(checkpoints, 5)).toEqual(whole.slice(2));
    // Nothing was left to do.
    expect(await lines(checkpoints, 5)).toEqual([]);
    expect(readdirSync(checkpoints)).toEqual(['last.pt']);
    expect(existsSync(join(checkpoints, 'last.pt.new'))).toBe(false);
  });
});

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { parseLine } from '../../../src/protocol/metric.js';
import { cleanEnv } from '../../support/bundle.js';
import { makeProject } from '../../support/cli.js';
import { forkPython } from '../../support/python.js';
import { describeWithReal, REAL } from '../../support/real-part.js';

vi.setConfig({ testTimeout: 300_000 });

const SCENES = fileURLToPath(new URL('../../fixtures/python/guest_frameworks.py', import.meta.url));

type Attempts = {
  readonly whole: readonly string[];
  readonly first: readonly string[];
  readonly rest: readonly string[];
  readonly kept: readonly string[];
  /** Of a Trainer that evaluates by steps. */
  readonly by_step: readonly string[];
};

/** Times differ from run to run. */
const LASTS = / eval_(?:runtime|samples_per_second|steps_per_second)=\S+/g;

const FRAMEWORKS: readonly (readonly [name: string, metrics: readonly string[]])[] = [
  ['lightning', ['val_loss', 'train_loss']],
  ['keras', ['loss', 'mae', 'val_loss', 'val_mae']],
  ['transformers', ['loss', 'eval_loss']],
];

describeWithReal('frameworks', 'the callback of hpo.py', () => {
  test.each(FRAMEWORKS)(
    'for %s reports each epoch, ends at its target, and continues in another attempt as if it were one',
    async (name, metrics) => {
      const folder = makeProject();
      const env = cleanEnv({
        KERAS_BACKEND: 'torch',
        OMP_NUM_THREADS: '1',
        CUDA_VISIBLE_DEVICES: '',
        HF_HUB_OFFLINE: '1',
        KERAS_HOME: folder,
        HF_HOME: folder,
      });
      // All three import PyTorch.
      const python = { python: REAL.frameworks, prepared: 'import torch' };
      const ran = await forkPython(python, [SCENES, name, folder], { cwd: folder, env });
      expect([ran.status, ran.status === 0 ? '' : ran.stderr]).toEqual([0, '']);
      const { whole, first, rest, kept, by_step } = JSON.parse(
        ran.stdout.trimEnd().split('\n').at(-1) as string,
      ) as Attempts;
      const plain = (lines: readonly string[]) => lines.map((line) => line.replace(LASTS, ''));
      for (const [k, line] of plain(whole).entries()) {
        const parsed = parseLine(line);
        expect(parsed.kind === 'metric' ? parsed.entries.map(([each]) => each).toSorted() : line).toEqual(
          ['epoch', ...metrics].toSorted(),
        );
        expect(line).toMatch(new RegExp(`^METRIC epoch=${k + 1} `));
      }
      expect(whole).toHaveLength(4);
      expect(kept).toEqual(['checkpoint-2']);
      expect(plain([...first, ...rest])).toEqual(plain(whole));
      expect(first).toHaveLength(2);
      if (name === 'transformers')
        expect(by_step.map((line) => line.split(' ')[1])).toEqual(['step=6', 'step=12']);
    },
  );

  test('is used as docs/python.md shows it', () => {
    const page = readFileSync(new URL('../../../docs/python.md', import.meta.url), 'utf8');
    const fixture = readFileSync(SCENES, 'utf8');
    const blocks = [...page.matchAll(/^```python\n(run = hpo\.run\(lr=0\.1\)\n.*?)^```$/gms)].map(
      ([, code]) => code,
    );
    expect(blocks).toHaveLength(3);
    // The fixture has more arguments, at the end.
    for (const line of blocks.join('').trimEnd().split('\n'))
      expect(fixture).toContain(`    ${line.replace(/\)$/, '')}`);
  });
});

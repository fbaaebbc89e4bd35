import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadSweep } from '../../src/config/load.js';
import { float } from '../../src/core/distribution.js';
import { shapeOf } from '../../src/core/prior-density.js';
import { shareOf } from '../../src/core/prior-draw.js';
import { makeRng } from '../../src/core/rng.js';
import { loadSampler, viewOf } from '../samplers/support.js';
import { ROOT } from './run-example.js';

const page = readFileSync(join(ROOT, 'docs', 'samplers.md'), 'utf8');
const section = page.slice(page.indexOf('## Priors'), page.indexOf('## auto'));

test('the example of priors in docs/samplers.md is a sweep file that begins where it says', async () => {
  const [, yaml = ''] = /^```yaml\n(.*?)^```$/ms.exec(section) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'hpo-priors-doc-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'sweep.yaml');
  const trainer = 'objective: {metric: loss, direction: minimize}\ntrainer: {command: [./train]}\n';
  writeFileSync(file, `${trainer}${yaml}`);
  const { spec } = await loadSweep({ sweepFile: file });
  const sampler = await loadSampler('auto');
  const first = sampler.sample(spec.space, viewOf([]), { index: 0, rng: makeRng(1, 'doc') });
  expect(first).toMatchObject({ params: { rate: 1e-3, opt: 'adam', layers: 4 } });
});

test('the page says how far a prior reaches with each confidence, and how its share of random draws falls', () => {
  for (const [confidence, percent] of [
    ['high', 10],
    ['medium', 20],
    ['low', 40],
  ] as const) {
    const shape = shapeOf(float(0, 1), { at: 0.5, confidence, since: 0 });
    expect(shape).toMatchObject({ width: percent / 100 });
    expect(section).toContain(`${percent} %`);
  }
  const shares = [0, 20, 100].map((index) => shareOf({ at: 0.5, confidence: 'low', since: 0 }, index));
  expect(shares.map((share) => `${Math.round(100 * share)} %`)).toEqual(['80 %', '40 %', '13 %']);
  for (const share of shares) expect(section).toContain(`${Math.round(100 * share)} %`);
});

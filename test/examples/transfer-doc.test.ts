import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { loadSweep } from '../../src/config/load.js';
import type { EarlierStudy } from '../../src/core/earlier-studies.js';
import { samplers } from '../../src/samplers/registry.js';
import { earlierText, MOST_POINTS } from '../../src/study/earlier.js';
import { ROOT } from './run-example.js';

const page = readFileSync(join(ROOT, 'docs', 'samplers.md'), 'utf8');
const section = page.slice(page.indexOf('## Transfer'), page.indexOf('## auto'));

test('the example of transfer in docs/samplers.md is a part of a sweep file', async () => {
  const [, yaml = ''] = /^```yaml\n(.*?)^```$/ms.exec(section) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'hpo-transfer-doc-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'sweep.yaml');
  const rest =
    'objective: {metric: loss, direction: minimize}\ntrainer: {command: [./train]}\nparameters: {x: {min: 0, max: 1}}\n';
  writeFileSync(file, `${rest}${yaml}`);
  const { spec } = await loadSweep({ sweepFile: file });
  expect(spec.transfer).toEqual({
    weight: 'auto',
    sources: [
      { study: 'last-week', storage: null },
      { study: 'small-data', storage: 'old.db' },
    ],
    earlier: [],
  });
});

test('the page has the words of the plan, names every sampler that learns, and says how many results are kept', () => {
  const study = (results: number): EarlierStudy => ({ name: 's', results, points: [] });
  const words = earlierText({ weight: 'auto', sources: [], earlier: [study(30), study(50)] });
  expect(section).toContain(`"${words}"`);
  for (const { name, transfers } of samplers) if (transfers) expect(section).toContain(`\`${name}\``);
  expect(section).toContain(`the ${MOST_POINTS} most useful results of each (the best ${MOST_POINTS / 2}, `);
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { encodeColumns } from '../../../../src/dashboard/columns.js';
import { packCurves } from '../../../../src/dashboard/curve-codec.js';
import { readPageFile } from '../../../../src/dashboard/page-file.js';
import type { TrialInfo } from '../../../../src/dashboard/protocol.js';
import { reportHtml } from '../../../../src/dashboard/report/report.js';
import { tempDir } from '../../../study/harness.js';
import { describeWithReal } from '../../../support/real-part.js';
import { syntheticStudy } from '../synthetic-study.js';
import { dragAxis, facts, pixelsOf, ready, untilSelected, useChromium } from './browser.js';

async function built(name: string): Promise<string> {
  const folder = fileURLToPath(new URL('../../../../dist/dashboard/', import.meta.url));
  return Buffer.from((await readPageFile(folder, name)).bytes).toString();
}

/** What a report has of a trial beside the columns. */
const DETAILED: TrialInfo = {
  number: 59,
  state: 'FAIL',
  pausedAt: null,
  parent: null,
  children: [],
  feasible: null,
  values: null,
  params: { lr: 0.1 },
  seed: 4242,
  configuration: 59,
  repeats: [59],
  metrics: [],
  attempts: [1, 2].map((attempt) => ({
    attempt,
    targetStep: null,
    startedAtMs: 0,
    finishedAtMs: 1000,
    exitCode: 3,
    reason: 'exit code 3',
    lastWords: 'RuntimeError: <b>out of memory</b>',
    device: '0',
    machine: null,
    job: null,
    hasLog: false,
  })),
  gpuUse: null,
  reason: 'exit code 3',
  note: null,
  tags: [],
  hidden: false,
  command: 'python3 train.py --lr=0.1',
  folder: null,
  checkpoints: [],
};

/** Writes the report of a study of so many trials. */
async function reportFile(trials: number): Promise<{ readonly path: string; readonly bytes: number }> {
  const { info, columns, curves } = syntheticStudy({ name: 'digits', trials });
  const html = reportHtml(
    {
      server: {
        version: '1',
        storage: 'sqlite:///a.db',
        readOnly: true,
        actions: [],
        database: { state: 'open', message: null },
      },
      study: info,
      importance: [
        { metric: 'loss', none: null, rows: [{ name: 'lr', value: 0.9, low: 0.8, high: 1 }], notes: [] },
      ],
      columns: encodeColumns(columns),
      curves: encodeColumns(packCurves(curves.header, curves.list)),
      trials: trials > 100 ? [] : [DETAILED],
      madeAtMs: 0,
    },
    { script: await built('app.js'), style: await built('app.css') },
  );
  const path = join(tempDir(), 'report.html');
  writeFileSync(path, html);
  return { path, bytes: html.length };
}

describeWithReal('chromium', 'a report', () => {
  const { open } = useChromium();

  test('opens from disk, with every plot and the selection, and offers no action', async () => {
    const page = await open((await reportFile(60)).path);
    expect(await facts(page)).toEqual({ trials: 60, selected: 0 });
    const base = await pixelsOf(page, 'base');
    expect(Object.values(base).filter((pixels) => pixels === 0)).toEqual([]);
    expect(Object.keys(base)).toHaveLength(8);
    expect(await page.locator('[data-trial]').count()).toBe(60);
    expect(await page.locator('[data-action], [data-confirm]').count()).toBe(0);
    await dragAxis(page, 'lr', 0.1, 0.5);
    const selected = await untilSelected(page, (count) => count > 0);
    await page.waitForSelector('body[data-address="current"]');
    expect(await page.evaluate(() => location.hash)).toContain('range=');
    await page.reload();
    await ready(page);
    expect((await facts(page)).selected).toBe(selected);
    await page.locator('[data-trial] a').last().click();
    await page.waitForSelector('main.trial .summary');
    expect(await page.locator('main').textContent()).toContain('not in this report');
    await page.goBack();
    await page.waitForSelector('[data-plot="history"]');
    await page.evaluate(() => {
      location.hash = '/studies/digits/trials/59';
    });
    await page.getByText('seed 4242').waitFor();
    expect(await page.locator('.last-words').count()).toBe(3);
    expect(await page.locator('table.plain tbody tr').count()).toBe(2);
    expect(await page.locator('main').textContent()).toContain('python3 train.py --lr=0.1');
  });

  test('has 100,000 trials in less than 10 MB', async () => {
    const { path, bytes } = await reportFile(100_000);
    expect(bytes).toBeLessThan(10e6);
    expect(await facts(await open(path))).toEqual({ trials: 100_000, selected: 0 });
  });
});

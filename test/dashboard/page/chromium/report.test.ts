import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { encodeColumns } from '../../../../src/dashboard/columns.js';
import { packCurves } from '../../../../src/dashboard/curve-codec.js';
import { reportHtml } from '../../../../src/dashboard/report/report.js';
import { tempDir } from '../../../study/harness.js';
import { describeWithReal } from '../../../support/real-part.js';
import { syntheticStudy } from '../synthetic-study.js';
import { dragAxis, facts, pixelsOf, ready, untilSelected, useChromium } from './browser.js';

const built = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../../../../dist/dashboard/${name}`, import.meta.url)), 'utf8');

/** Writes the report of a study of so many trials. */
function reportFile(trials: number): { readonly path: string; readonly bytes: number } {
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
      madeAtMs: 0,
    },
    { script: built('app.js'), style: built('app.css') },
  );
  const path = join(tempDir(), 'report.html');
  writeFileSync(path, html);
  return { path, bytes: html.length };
}

describeWithReal('chromium', 'a report', () => {
  const { open } = useChromium();

  test('opens from disk, with every plot and the selection, and offers no action', async () => {
    const page = await open(reportFile(60).path);
    expect(await facts(page)).toEqual({ trials: 60, selected: 0 });
    const base = await pixelsOf(page, 'base');
    expect(Object.values(base).filter((pixels) => pixels === 0)).toEqual([]);
    expect(Object.keys(base)).toHaveLength(8);
    expect(await page.locator('[data-trial]').count()).toBe(60);
    expect(await page.locator('[data-action], [data-confirm]').count()).toBe(0);
    await dragAxis(page, 'lr', 0.1, 0.5);
    const selected = await untilSelected(page, (count) => count > 0);
    await page.waitForFunction(() => location.hash.includes('range='));
    await page.reload();
    await ready(page);
    expect((await facts(page)).selected).toBe(selected);
    await page.locator('[data-trial] a').first().click();
    await page.waitForSelector('main.trial .summary');
    await page.goBack();
    await page.waitForSelector('[data-plot="history"]');
  });

  test('has 100,000 trials in less than 10 MB', async () => {
    const { path, bytes } = reportFile(100_000);
    expect(bytes).toBeLessThan(10e6);
    expect(await facts(await open(path))).toEqual({ trials: 100_000, selected: 0 });
  });
});

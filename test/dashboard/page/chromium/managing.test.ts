import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { type Script, trains } from '../../../study/harness.js';
import { describeWithReal } from '../../../support/real-part.js';
import { databaseUrl, makeStudy, SPEC } from '../../server/studies.js';
import { ready, useChromium } from './browser.js';

const NAME = 'b/1 <b>?';
const button = (page: Page, action: string, study: string) =>
  page.locator(`[data-study="${study}"] [data-action="${action}"]`);

/** Whether the plot of the comparison has any pixel. */
const isDrawn = (page: Page) =>
  page.locator('[data-plot="compare"] canvas').evaluate((canvas: HTMLCanvasElement) => {
    const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    return pixels.some((value) => value > 0);
  });

describeWithReal('chromium', 'studies of the page', () => {
  const { visit } = useChromium();

  test('are renamed, annotated, compared and deleted; trials are retried and copied into the queue', async () => {
    const url = databaseUrl();
    await makeStudy(url, { name: 'a' });
    const run: Script = (attempt, hooks) =>
      trains(({ lr }) => Number(lr) + attempt.trial / 100)(attempt, hooks);
    await makeStudy(url, { name: 'repeats', trials: 4, spec: { ...SPEC, repeats: 2 }, run });
    const { page, server } = await visit({ url, path: '/', serverEnds: true });

    await button(page, 'rename', 'a').click();
    await page.locator('dialog [name="name"]').fill('repeats');
    await page.locator('[data-confirm]').click();
    await page.waitForSelector('dialog .problem');
    expect(await page.locator('dialog [name="name"]').inputValue()).toBe('repeats');
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'hidden' });
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Rename a');
    await page.keyboard.press('Enter');
    await page.locator('dialog [name="name"]').fill(NAME);
    await page.keyboard.press('Enter');
    await button(page, 'rename', NAME).waitFor();
    expect(await page.locator('[data-study]').count()).toBe(2);

    for (const check of await page.locator('[data-study] input[type="checkbox"]').all()) await check.check();
    await page.getByRole('button', { name: 'Compare 2' }).click();
    await ready(page);
    expect(await page.locator('table.plain tbody tr').count()).toBe(2);
    expect(await page.locator('table.plain tbody tr', { hasText: 'repeats' }).textContent()).toMatch(
      /\d \u00b1 \d/,
    );
    for (const over of ['epochs', 'hours', 'trials']) {
      await page.locator('[data-plot="compare"] select').selectOption(over);
      await page.locator('.u-legend', { hasText: over }).waitFor();
      expect(await isDrawn(page)).toBe(true);
    }
    await page.getByRole('button', { name: 'Remove repeats' }).click();
    await page.waitForFunction(() => document.querySelectorAll('table.plain tbody tr').length === 1);
    await page.getByLabel('Add').selectOption('repeats');
    await page.waitForFunction(() => document.querySelectorAll('table.plain tbody tr').length === 2);

    await page.getByRole('link', { name: NAME }).click();
    await page.waitForSelector('[data-plot="history"]');
    await page.locator('[data-action="note"]').click();
    await page.locator('dialog [name="text"]').fill('a note');
    await page.locator('dialog [name="tags"]').fill('one, two');
    await page.locator('dialog [type="submit"]').click();
    await page.locator('.about-note', { hasText: 'a note' }).waitFor();
    await page.locator('[data-action="note"]').click();
    expect(await page.locator('dialog [name="tags"]').inputValue()).toBe('one, two');
    await page.locator('dialog [name="tags"]').fill('two');
    await page.locator('dialog [type="submit"]').click();
    await page.waitForFunction(() => document.querySelector('.about .tags')?.textContent === 'two');

    await page.locator('[data-trial="3"] [role="gridcell"]').nth(2).click();
    const shown = await page.locator('[data-trial="3"]').textContent();
    await page.locator('[data-action="enqueue"]', { hasText: 'like 3' }).click();
    const lr = Number(await page.locator('dialog [name="lr"]').inputValue());
    expect(shown).toContain(String(Number(lr.toPrecision(4))));
    expect(await page.locator('dialog [name="act"]').inputValue()).toMatch(/^(relu|tanh)$/);
    await page.locator('dialog [name="lr"]').fill('0.25');
    await page.locator('dialog [type="submit"]').click();
    await page.locator('[data-trial="6"][data-state="WAITING"]', { hasText: '0.25' }).waitFor();

    await page.locator('[data-trial="2"] a').click();
    await page.locator('[data-action="retry"]').click();
    await page.locator('.summary .badge-queued, .summary .badge-waiting').waitFor();
    expect(await page.locator('[data-action="retry"]').count()).toBe(0);

    await page.goto(`${server.origin}/`);
    await button(page, 'delete', NAME).click();
    await page.locator('[data-confirm]').waitFor();
    await page.keyboard.press('Escape');
    await page.waitForSelector('dialog', { state: 'hidden' });
    expect(await page.locator('[data-study]').count()).toBe(2);
    await button(page, 'delete', NAME).click();
    await page.locator('[data-confirm]').click();
    await button(page, 'delete', NAME).waitFor({ state: 'detached' });
    expect(await page.locator('[data-study]').count()).toBe(1);
  });
});

import { expect, test } from 'vitest';
import { failed, trains } from '../../../study/harness.js';
import { describeWithReal } from '../../../support/real-part.js';
import { act, served } from '../../server/harness.js';
import { databaseUrl, makeStudy } from '../../server/studies.js';
import { dragAxis, facts, pixelsOf, ready, untilSelected, useChromium } from './browser.js';

const PLOTS = ['history', 'curves', 'parallel', 'slice', 'contour', 'importance', 'pareto', 'timeline'];

describeWithReal('chromium', 'the page of a study', () => {
  const { visit } = useChromium();

  async function study(trials = 24) {
    const url = databaseUrl();
    await makeStudy(url, { trials });
    return url;
  }

  test('draws every plot, and has a row for each trial', async () => {
    const { page } = await visit({ url: await study(), path: '/studies/study' });
    expect(await facts(page)).toEqual({ trials: 24, selected: 0 });
    const base = await pixelsOf(page, 'base');
    expect(Object.keys(base).sort()).toEqual(PLOTS.toSorted());
    expect(Object.entries(base).filter(([, pixels]) => pixels === 0)).toEqual([]);
    expect(await page.locator('[data-trial]').count()).toBe(24);
    expect(await page.locator('[data-trial="2"]').getAttribute('data-state')).toBe('FAIL');
    expect(await page.locator('[data-axis]').count()).toBe(5);
  });

  test('selects the same trials in every plot by a drag along an axis, and the address keeps it', async () => {
    const { page } = await visit({ url: await study(), path: '/studies/study' });
    const before = await pixelsOf(page, 'middle');
    await dragAxis(page, 'lr', 0.05, 0.5);
    const selected = await untilSelected(page, (count) => count > 0);
    expect(selected).toBeLessThan(24);
    const after = await pixelsOf(page, 'middle');
    // Importance is about all trials.
    const changed = PLOTS.filter((name) => before[name] !== after[name]);
    expect(changed.sort()).toEqual(PLOTS.filter((name) => name !== 'importance').sort());
    const shown = await page
      .locator('[data-trial]')
      .evaluateAll((rows) => rows.map((row) => row.dataset.trial));
    expect(shown).toHaveLength(selected);
    await page.waitForSelector('body[data-address="current"]');
    expect(page.url()).toMatch(/range=/);
    await page.reload();
    await ready(page);
    expect((await facts(page)).selected).toBe(selected);
    await page.locator('main').click({ position: { x: 2, y: 2 } });
    await page.keyboard.press('Escape');
    await untilSelected(page, (count) => count === 0);
    expect(await page.locator('[data-trial]').count()).toBe(24);
  });

  test('selects by a box in a plot, by text, and the best', async () => {
    const { page } = await visit({ url: await study(), path: '/studies/study' });
    const canvas = page.locator('[data-plot="history"] .canvas');
    const box = await canvas.boundingBox();
    if (!box) throw new Error('expected a plot');
    await page.mouse.move(box.x + box.width * 0.5, box.y + 30);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.8, box.y + box.height * 0.6);
    await page.mouse.move(box.x + box.width, box.y + box.height);
    await page.mouse.up();
    const right = await untilSelected(page, (count) => count > 0);
    expect(right).toBeLessThan(20);
    await page.getByRole('button', { name: /^Clear/ }).click();
    await page.locator('input[name="where"]').fill('act = relu and trial < 12');
    const relu = await untilSelected(page, (count) => count > 0);
    expect(relu).toBeLessThan(12);
    await page.locator('input[name="where"]').fill('');
    await page.getByLabel('Top').selectOption('10');
    await untilSelected(page, (count) => count === 10);
  });

  test('marks the trial under the pointer in the plots and in the table', async () => {
    const { page } = await visit({ url: await study(), path: '/studies/study' });
    const before = await pixelsOf(page, 'top');
    await page.locator('[data-trial="20"]').hover();
    const after = await pixelsOf(page, 'top');
    for (const name of ['history', 'curves', 'parallel', 'slice', 'timeline'])
      expect(after[name], name).not.toBe(before[name]);
  });

  test('works by keys alone', async () => {
    const { page } = await visit({ url: await study(), path: '/studies/study' });
    await page.locator('[data-axis="lr"]').focus();
    await page.keyboard.press('ArrowDown');
    const first = await untilSelected(page, (count) => count > 0);
    for (let k = 0; k < 8; k++) await page.keyboard.press('ArrowDown');
    await untilSelected(page, (count) => count !== first);
    await page.keyboard.press('Escape');
    await untilSelected(page, (count) => count === 0);
    await page.locator('[role="grid"]').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.waitForURL(/trials\/22$/);
    await ready(page);
    expect(await page.getByRole('heading', { name: 'Trial 22' }).count()).toBe(1);
  });

  test('has more rows than the document holds, and shows those that are scrolled to', async () => {
    const { page } = await visit({ url: await study(260), path: '/studies/study' });
    expect((await facts(page)).trials).toBe(260);
    const rows = page.locator('[data-trial]');
    expect(await rows.count()).toBeLessThan(120);
    expect(await page.locator('[data-trial="0"]').count()).toBe(0);
    await page.locator('[role="grid"]').evaluate((grid) => grid.scrollTo(0, grid.scrollHeight));
    await page.waitForSelector('[data-trial="0"]');
  });

  test('fits a phone, in both themes', async () => {
    const url = await study();
    for (const dark of [true, false])
      for (const path of ['/', '/studies/study', '/studies/study/trials/3']) {
        const { page } = await visit({ url, path, width: 360, dark });
        const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
        expect(widths[0], path).toBeLessThanOrEqual(widths[1] as number);
        expect(await page.evaluate(() => document.documentElement.dataset.theme)).toBe(
          dark ? 'dark' : 'light',
        );
      }
  });

  test('shows a committed trial at once in every tab, over one stream, and what a sleeper missed', async () => {
    const url = await study(4);
    const { page, context, requests, server } = await visit({ url, path: '/studies/study' });
    const second = await context.newPage();
    await second.goto(`${server.origin}/studies/study`);
    await ready(second);
    const commit = (lr: number) => act(server, '/api/studies/study/control/enqueue', { parameters: { lr } });
    await commit(0.1);
    for (const each of [page, second]) await each.waitForSelector('[data-trial="4"][data-state="WAITING"]');
    const streams = requests.filter((path) => path.startsWith('/api/events'));
    expect(streams.length).toBeLessThanOrEqual(2);
    await context.setOffline(true);
    await commit(0.2);
    await commit(0.3);
    await context.setOffline(false);
    for (const each of [page, second]) await each.waitForSelector('[data-trial="6"]');
  });

  test('says what to do when the server was started again and does not know the page any more', async () => {
    const url = await study(3);
    for (const path of ['/', '/studies/study']) {
      const { page, server } = await visit({ url, path, serverEnds: true });
      await server.close();
      await served(url, { port: server.port });
      await page.getByText('open the URL that hpo dashboard printed').waitFor();
      if (path !== '/') expect(await page.locator('[data-trial]').count()).toBe(3);
    }
  });

  test('never makes text of others into HTML, and shows no character that reorders it', async () => {
    const url = databaseUrl();
    const name = '<img src=x onerror=alert(1)>\u202etxt';
    const log = '\u001b[31mred\u001b[0m <img src=x onerror=alert(2)> \u202egnp.exe\u0007\n';
    const run: Parameters<typeof makeStudy>[1] = {
      name,
      trials: 3,
      log,
      run: (attempt, hooks) => (attempt.trial === 2 ? failed() : trains(() => 1)(attempt, hooks)),
    };
    await makeStudy(url, run);
    const { page, server } = await visit({ url, path: '/' });
    await page.getByRole('link', { name: /onerror/ }).click();
    await ready(page);
    await page.goto(`${server.origin}/studies/${encodeURIComponent(name)}/trials/1`);
    await page.waitForSelector('.log-line .ansi-red');
    expect(await page.locator('.log-text').first().textContent()).toContain('<img src=x onerror=alert(2)>');
    expect(await page.locator('img').count()).toBe(0);
    const text = await page.evaluate(() => document.documentElement.textContent ?? '');
    expect(text).not.toMatch(/[\u202e\u0007\u001b]/);
  });
});

import { copyFileSync, renameSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { newStudy, opened, sweep } from '../../../study/harness.js';
import { populationSpec, populationTrainer } from '../../../study/population.js';
import { describeWithReal } from '../../../support/real-part.js';
import { act } from '../../server/harness.js';
import { databaseUrl, makeStudy } from '../../server/studies.js';
import { facts, useChromium } from './browser.js';

const pathOf = (url: string) => url.replace('sqlite:', '');

describeWithReal('chromium', 'an open page', () => {
  const { visit } = useChromium();

  test('outlives its database, and shows the one that takes its place', async () => {
    const [url, other] = [databaseUrl(), databaseUrl()];
    await makeStudy(url, { trials: 3 });
    await makeStudy(other, { trials: 5 });
    const { page, context, server } = await visit({ url, path: '/studies/study', serverEnds: true });
    const list = await context.newPage();
    await list.goto(`${server.origin}/`);
    await list.waitForSelector('[data-study="study"]');
    rmSync(pathOf(url));
    await list.getByRole('heading', { name: 'No database yet' }).waitFor();
    copyFileSync(pathOf(other), `${pathOf(url)}.new`);
    renameSync(`${pathOf(url)}.new`, pathOf(url));
    await page.waitForSelector('[data-trial="4"]');
    expect(await facts(page)).toMatchObject({ trials: 5 });
    expect(await page.locator('[role="alert"]').count()).toBe(0);
    await list.waitForSelector('[data-study="study"]');
  });

  test('of a study that is deleted keeps what it shows, says so, and offers nothing to do', async () => {
    const url = databaseUrl();
    await makeStudy(url, { trials: 3 });
    const { page, context, server } = await visit({ url, path: '/studies/study', serverEnds: true });
    const trial = await context.newPage();
    await trial.goto(`${server.origin}/studies/study/trials/1`);
    await trial.waitForSelector('[data-action="note"]');
    await act(server, '/api/studies/study/delete', { confirm: 'study' });
    for (const each of [page, trial]) {
      await each.getByText('There is no such study').waitFor();
      expect(await each.locator('[data-action], [data-confirm]').count()).toBe(0);
      expect(await each.getByRole('link', { name: 'all studies', exact: true }).getAttribute('href')).toBe(
        '/',
      );
    }
    expect(await page.locator('[data-trial]').count()).toBe(3);
    await makeStudy(url, { trials: 2 });
    await page.waitForSelector('[data-action="note"]');
    expect(await page.locator('[data-trial]').count()).toBe(2);
  });

  test('of a trial that continues another one names it, tells their curves apart, and leads to it', async () => {
    const url = databaseUrl();
    await sweep(await newStudy(populationSpec(), await opened(url)), populationTrainer([]));
    // Its attempts have no logs to load.
    const { page } = await visit({ url, path: '/studies/study/trials/4', serverEnds: true });
    const lineage = page.locator('[data-fact="lineage"]');
    const parent = /trial (\d) from step 2/.exec((await lineage.textContent()) ?? '')?.[1] ?? '';
    expect(await page.locator('[data-plot="curve"] .u-legend').textContent()).toContain(`of trial ${parent}`);
    await lineage.getByRole('link', { name: `trial ${parent}`, exact: true }).click();
    await page.waitForURL(new RegExp(`trials/${parent}$`));
    await lineage.getByText('continued by').waitFor();
    expect(await lineage.getByRole('link', { name: 'trial 4', exact: true }).count()).toBe(1);
  });

  test('is not shown to a browser with a wrong token, which is told what to do', async () => {
    const url = databaseUrl();
    await makeStudy(url, { trials: 1 });
    const { page, server } = await visit({ url, path: '/', serverEnds: true });
    await page.goto(`${server.origin}/studies/study?token=wrong`);
    expect(await page.locator('p').first().textContent()).toContain(
      'open the URL that hpo dashboard printed',
    );
    expect(await page.locator('script, #app').count()).toBe(0);
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { linesOf, makeSweep, spawnHpo, until } from '../../../support/cli.js';
import { describeWithReal } from '../../../support/real-part.js';
import { databaseUrl, makeStudy } from '../../server/studies.js';
import { facts, ready, useChromium } from './browser.js';

/** The texts of the state of a trial's row. */
const stateOf = (page: Page, trial: number) =>
  page.locator(`[data-trial="${trial}"]`).getAttribute('data-state');

describeWithReal('chromium', 'actions of the page', () => {
  const { visit } = useChromium();

  test('reach a running sweep: pause, resume, limits, enqueue, stop, note', async () => {
    const cwd = makeSweep({
      trainer: 'gate.sh',
      sampler: 'random',
      trials: 4,
      parameters: { x: { min: 0.0, max: 9.0 } },
    });
    const url = `sqlite:${join(cwd, 'hpo.db')}`;
    const sweep = spawnHpo(['optimize', '--storage', url], { cwd });
    await until(() => linesOf(cwd, 'events').length >= 2);
    const { page, server } = await visit({ url, path: '/studies/s' });
    await page.waitForSelector('[data-trial="1"][data-state="RUNNING"]');

    await page.locator('[data-action="pause"]').click();
    await page.waitForSelector('.badge-paused');
    await page.locator('[data-action="enqueue"]').click();
    await page.locator('dialog [name="x"]').fill('7.5');
    await page.locator('dialog [type="submit"]').click();
    await page.waitForSelector('[data-trial="2"][data-state="WAITING"]');
    expect((await facts(page)).trials).toBe(3);

    await page.locator('[data-action="set"]').click();
    // What the sweep began with.
    expect(await page.locator('dialog [name="trials"]').inputValue()).toBe('4');
    expect(await page.locator('dialog [name="max_concurrent"]').inputValue()).toBe('2');
    await page.locator('dialog [name="trials"]').fill('3');
    await page.locator('dialog [name="max_concurrent"]').fill('1');
    await page.locator('dialog [type="submit"]').click();
    await page.waitForSelector('.notice-done');
    await page.locator('[data-action="resume"]').click();
    await page.waitForSelector('.badge-running');

    await page.goto(`${server.origin}/studies/s/trials/0`);
    await ready(page);
    await page.waitForSelector('.log-line');
    await page.locator('[data-action="stop"]').click();
    await page.locator('[data-confirm]').click();
    await page.waitForSelector('.summary .badge:not(.badge-running)');
    await page.locator('[data-action="note"]').click();
    await page.locator('dialog [name="text"]').fill('too slow');
    await page.locator('dialog [name="tags"]').fill('odd');
    await page.locator('dialog [type="submit"]').click();
    await page.waitForSelector('.about-note');
    expect(await page.locator('.about-note').textContent()).toBe('too slow');

    writeFileSync(join(cwd, 'go'), '');
    expect((await sweep.ended).code).toBe(0);
    await page.goto(`${server.origin}/studies/s`);
    await page.waitForSelector('[data-trial="2"][data-state="COMPLETE"]');
    expect(await facts(page)).toMatchObject({ trials: 3 });
    expect(await stateOf(page, 0)).not.toBe('RUNNING');
  });

  test('say what is wrong, and keep what was typed', async () => {
    const url = databaseUrl();
    await makeStudy(url);
    const { page } = await visit({ url, path: '/studies/study' });
    await page.locator('[data-action="enqueue"]').click();
    await page.locator('dialog [name="lr"]').fill('0.1 or so');
    await page.locator('dialog [type="submit"]').click();
    await page.waitForSelector('dialog .problem');
    expect(await page.locator('dialog [name="lr"]').inputValue()).toBe('0.1 or so');
    await page.locator('dialog [name="lr"]').fill('0.1');
    await page.locator('dialog [type="submit"]').click();
    await page.waitForSelector('[data-trial="6"]');
    expect(await page.locator('dialog[open]').count()).toBe(0);
  });

  test('hide a trial, fill the form from it, and delete a study behind a confirmation', async () => {
    const url = databaseUrl();
    await makeStudy(url);
    const { page, server } = await visit({ url, path: '/studies/study/trials/3' });
    await page.locator('[data-action="hide"]').click();
    await page.getByRole('button', { name: 'Show again' }).waitFor();
    await page.locator('[data-action="enqueue"]').click();
    expect(Number(await page.locator('dialog [name="lr"]').inputValue())).toBeGreaterThan(0);
    await page.keyboard.press('Escape');
    await page.goto(`${server.origin}/studies/study`);
    await ready(page);
    expect(await page.locator('[data-trial="3"]').count()).toBe(0);
    expect((await facts(page)).trials).toBe(6);
    await page.goto(`${server.origin}/`);
    await ready(page);
    await page.locator('[data-action="delete"]').click();
    await page.locator('[data-confirm]').click();
    await page.getByRole('heading', { name: 'No study yet' }).waitFor();
  });

  test('are not offered by a page that only reads', async () => {
    const url = databaseUrl();
    await makeStudy(url);
    for (const path of ['/', '/studies/study', '/studies/study/trials/1', '/compare?study=study']) {
      const { page } = await visit({ url, path, readOnly: true });
      expect(await page.locator('[data-action], [data-confirm]').count(), path).toBe(0);
    }
  });
});

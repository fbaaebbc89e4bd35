import type { Page } from 'playwright-core';
import { openStorage } from '../../src/storage/open.js';
import { launchChromium } from '../../test/support/chromium.js';
import { quantile } from '../stats.js';
import { load } from './browser.js';
import { HPO, type Place } from './servers.js';

/** Between two commits: somewhat random, so that they fall anywhere between two looks of the server. */
const PAUSE_MS = 700;
const LIMIT_MS = 20_000;

export type Commits = {
  readonly count: number;
  /** From the end of the commit to the row of the trial in the document. */
  readonly medianMs: number;
  readonly p95Ms: number;
  readonly mostMs: number;
};

/** When the row of a trial came into the document, as Unix time. */
async function shownMs(page: Page, trial: number): Promise<number> {
  const endMs = performance.now() + LIMIT_MS;
  while (performance.now() < endMs) {
    const ms = await page.evaluate<number | null>(`bench.rowShownMs(${trial})`);
    if (ms !== null) return ms;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`expected a row of trial ${trial} within ${LIMIT_MS} ms`);
}

/** Commits trials by a connection of this process, and measures when the page of the study has each one. */
export async function measureCommits(place: Place, count: number): Promise<Commits> {
  const server = await HPO.start(place);
  const storage = await openStorage(`sqlite:${place.database}`);
  const browser = await launchChromium();
  try {
    const study = await storage.findStudy(place.study);
    if (study === null) throw new Error(`expected a study ${place.study}`);
    const { page } = await load(browser, { url: server.url, selector: HPO.ready, limitMs: LIMIT_MS });
    await page.evaluate('bench.watchRows()');
    const waits: number[] = [];
    for (let k = 0; k < count; k++) {
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS + 300 * Math.random()));
      const [trial] = await storage.enqueue(study.id, [{ lr: 10 ** (-5 + 5 * Math.random()) }]);
      const committedMs = Date.now();
      waits.push(Math.max(0, (await shownMs(page, trial as number)) - committedMs));
    }
    return {
      count,
      medianMs: quantile(waits, 0.5),
      p95Ms: quantile(waits, 0.95),
      mostMs: Math.max(...waits),
    };
  } finally {
    await browser.close();
    await storage.close();
    await server.stop();
  }
}

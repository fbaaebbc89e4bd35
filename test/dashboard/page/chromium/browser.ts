import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { launchChromium } from '../../../support/chromium.js';
import { type Served, served } from '../../server/harness.js';

const PAGE_FILES = fileURLToPath(new URL('../../../../dist/dashboard', import.meta.url));

export type Visit = {
  readonly server: Served;
  readonly context: BrowserContext;
  readonly page: Page;
  /** Paths that pages of this context asked the server for. */
  readonly requests: string[];
};

export type VisitOptions = {
  readonly url: string;
  /** Where the page begins, such as `/studies/a`. */
  readonly path: string;
  readonly readOnly?: boolean;
  readonly width?: number;
  readonly dark?: boolean;
  /** The test ends the server: requests may fail, which Chromium writes on the console. */
  readonly serverEnds?: boolean;
};

/** One Chromium for the tests of a file. Returns what opens the page of a database in it. */
export function useChromium(): {
  visit(options: VisitOptions): Promise<Visit>;
  open(file: string): Promise<Visit['page']>;
} {
  let browser: Browser | null = null;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(() => browser?.close());

  async function newContext({ width = 1280, dark = false }: Pick<VisitOptions, 'width' | 'dark'>) {
    if (!browser) throw new Error('expected Chromium to run');
    const viewport = { width, height: 900 };
    const context = await browser.newContext({ viewport, colorScheme: dark ? 'dark' : 'light' });
    onTestFinished(() => context.close());
    return context;
  }

  return {
    async visit({ url, path, readOnly = false, serverEnds = false, ...look }) {
      const server = await served(url, { assets: PAGE_FILES, readOnly });
      const context = await newContext(look);
      const requests: string[] = [];
      const faults = watch(context, (address) => {
        requests.push(address.pathname + address.search);
        return address.host === server.host;
      });
      const page = await context.newPage();
      await page.goto(`${server.origin}${path}${path.includes('?') ? '&' : '?'}token=${server.token}`);
      await ready(page);
      const isExpected = (fault: string) =>
        serverEnds && fault.startsWith('console: Failed to load resource');
      onTestFinished(() => expect(faults.filter((fault) => !isExpected(fault))).toEqual([]));
      return { server, context, page, requests };
    },
    async open(file) {
      const context = await newContext({});
      const faults = watch(context, ({ protocol }) => protocol === 'file:');
      const page = await context.newPage();
      await page.goto(`file://${file}`);
      await ready(page);
      onTestFinished(() => expect(faults).toEqual([]));
      return page;
    },
  };
}

/** Collects what must not happen: errors of scripts and on the console, dialogs, requests to elsewhere. */
function watch(context: BrowserContext, isAllowed: (address: URL) => boolean): string[] {
  const faults: string[] = [];
  context.on('page', (page) => {
    page.on('pageerror', (error) => faults.push(`error: ${error.stack}`));
    page.on('dialog', (dialog) => faults.push(`dialog: ${dialog.message()}`));
    page.on('console', (message) => {
      // Requests fail while a test is offline.
      if (message.type() === 'error' && !message.text().includes('ERR_INTERNET_DISCONNECTED'))
        faults.push(`console: ${message.text()}`);
    });
    page.on('request', (request) => {
      const address = new URL(request.url());
      if (!['data:', 'blob:'].includes(address.protocol) && !isAllowed(address))
        faults.push(`request: ${request.url()}`);
    });
  });
  return faults;
}

/** Waits until the page shows its data. */
export async function ready(page: Page): Promise<void> {
  await page.waitForSelector('body[data-ready="true"]');
}

/** What the page reports to scripts. */
export function facts(page: Page): Promise<{ trials: number; selected: number }> {
  return page.evaluate(() => ({
    trials: Number(document.body.dataset.trials),
    selected: Number(document.body.dataset.selected),
  }));
}

/** Waits until the page reports as many selected trials as a test wants. */
export async function untilSelected(page: Page, wanted: (count: number) => boolean): Promise<number> {
  for (;;) {
    const { selected } = await facts(page);
    if (wanted(selected)) return selected;
    await page.waitForFunction((before) => document.body.dataset.selected !== String(before), selected);
  }
}

/** Returns for each plot a number that changes with the pixels of one of its layers; 0 for blank ones. */
export function pixelsOf(page: Page, layer: 'base' | 'middle' | 'top'): Promise<Record<string, number>> {
  return page.evaluate((name) => {
    const sums: Record<string, number> = {};
    for (const plot of document.querySelectorAll<HTMLElement>('[data-plot]')) {
      let sum = 0;
      for (const canvas of plot.querySelectorAll<HTMLCanvasElement>(`canvas.layer-${name}`)) {
        const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
        for (let k = 3; k < pixels.length; k += 4)
          if (pixels[k])
            sum = (sum * 31 + k * (pixels[k] as number) + (pixels[k - 1] as number)) % 1_000_000_007;
      }
      sums[plot.dataset.plot ?? ''] = sum;
    }
    return sums;
  }, layer);
}

/** Drags along an axis of the parallel coordinates, between two shares of its height from the top. */
export async function dragAxis(page: Page, name: string, from: number, to: number): Promise<void> {
  const axis = page.locator(`[data-plot="parallel"] [data-axis="${name}"]`);
  await axis.scrollIntoViewIfNeeded();
  const box = await axis.boundingBox();
  if (!box) throw new Error(`expected an axis ${name}`);
  const x = box.x + box.width / 2;
  await page.mouse.move(x, box.y + box.height * from);
  await page.mouse.down();
  await page.mouse.move(x, box.y + box.height * ((from + to) / 2));
  await page.mouse.move(x, box.y + box.height * to);
  await page.mouse.up();
}

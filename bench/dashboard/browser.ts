import { readFileSync } from 'node:fs';
import type { Browser, CDPSession, Page } from 'playwright-core';

/** The part of the bench that runs in the page. */
const IN_PAGE = readFileSync(new URL('in-page.js', import.meta.url), 'utf8');
const VIEWPORT = { width: 1280, height: 900 };
/** No request for so long: everything that a page asks for has come. */
const QUIET_MS = 1_500;
/** A page that never stops asking is not waited for any longer. */
const LOUD_MS = 30_000;

export type Load = {
  /** From the start of the navigation to the first element that shows data; null: not within the limit. */
  readonly readyMs: number | null;
  /** As sent, with headers, until requests have ended. */
  readonly bytes: number;
};

export type Loaded = Load & { readonly page: Page };

/** Opens a URL in a page without a cache, and waits until an element that matches shows its data. */
export async function load(
  browser: Browser,
  { url, selector, limitMs }: { readonly url: string; readonly selector: string; readonly limitMs: number },
): Promise<Loaded> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  const page = await context.newPage();
  const traffic = await countBytes(await context.newCDPSession(page));
  await page.addInitScript({ content: `${IN_PAGE};bench.noteReady(${JSON.stringify(selector)});` });
  const endMs = performance.now() + limitMs;
  await page.goto(url, { timeout: limitMs, waitUntil: 'commit' }).catch(() => {});
  const readyMs = await readTime(page, endMs);
  if (readyMs !== null) await traffic.quiet();
  return { readyMs, bytes: traffic.bytes(), page };
}

async function readTime(page: Page, endMs: number): Promise<number | null> {
  while (performance.now() < endMs) {
    const at = await within(page.evaluate<number | null>('bench.readyMs'), endMs);
    if (at !== null) return at;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return null;
}

/** A page that computes does not answer. */
async function within(question: Promise<number | null>, endMs: number): Promise<number | null> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), Math.max(0, endMs - performance.now()));
  });
  const answer = await Promise.race([question.catch(() => null), limit]);
  clearTimeout(timer);
  return answer;
}

async function countBytes(session: CDPSession) {
  let bytes = 0;
  let lastMs = performance.now();
  const open = new Set<string>();
  session.on('Network.requestWillBeSent', ({ requestId, type }) => {
    lastMs = performance.now();
    // It ends with the page.
    if (type !== 'EventSource') open.add(requestId);
  });
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    bytes += encodedDataLength;
    lastMs = performance.now();
    open.delete(requestId);
  });
  session.on('Network.loadingFailed', ({ requestId }) => void open.delete(requestId));
  await session.send('Network.enable');
  return {
    bytes: () => bytes,
    quiet: async () => {
      const endMs = performance.now() + LOUD_MS;
      while ((open.size > 0 || performance.now() - lastMs < QUIET_MS) && performance.now() < endMs)
        await new Promise((resolve) => setTimeout(resolve, 100));
    },
  };
}

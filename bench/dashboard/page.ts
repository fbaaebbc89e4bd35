import { launchChromium } from '../../test/support/chromium.js';
import { median } from '../stats.js';
import { load } from './browser.js';
import { type Brush, measureBrush } from './brush.js';
import { peakMiB } from './process-tree.js';
import type { Place, Tool } from './servers.js';

/** A tool that needs longer counts as not able to show the study. */
export const LIMIT_MS = 120_000;

export type PageFigures = {
  /** Null: not within the limit. */
  readonly readyMs: number | null;
  readonly readyRunsMs: readonly (number | null)[];
  readonly bytes: number;
  readonly peakMiB: number;
  /** Null for a tool without it. */
  readonly brush: Brush | null;
};

/** Starts a server anew for each run, opens the page of the study, and drags along an axis in the last run. */
export async function measurePage(
  tool: Tool,
  { place, rounds, axis }: { readonly place: Place; readonly rounds: number; readonly axis: string | null },
): Promise<PageFigures> {
  const runs: (number | null)[] = [];
  let [bytes, memory] = [0, 0];
  let brush: Brush | null = null;
  for (let round = 0; round < rounds; round++) {
    const server = await tool.start(place);
    // One of its own: a page that still computes would slow down the next one.
    const browser = await launchChromium();
    try {
      const loaded = await load(browser, { url: server.url, selector: tool.ready, limitMs: LIMIT_MS });
      runs.push(loaded.readyMs);
      bytes = loaded.bytes;
      if (axis !== null && round === rounds - 1) brush = await measureBrush(loaded.page, axis);
      memory = Math.max(memory, peakMiB(server.pid));
    } finally {
      await browser.close();
      await server.stop();
    }
    // Another run would take as long.
    if (runs.includes(null)) break;
  }
  const isReady = !runs.includes(null);
  const readyMs = isReady ? median(runs.filter((ms) => ms !== null)) : null;
  return { readyMs, readyRunsMs: runs, bytes, peakMiB: memory, brush };
}

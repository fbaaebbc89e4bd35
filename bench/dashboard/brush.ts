import type { Page } from 'playwright-core';
import { quantile } from '../stats.js';

/** Where drags along an axis go, as shares of its height. */
const STOPS = 24;

export type Brush = {
  /** How many redraws were measured. */
  readonly count: number;
  /** From the input event to the end of the frame that shows it. */
  readonly medianMs: number;
  readonly p95Ms: number;
  /** The part of it that draws the plots, as the page measures it. */
  readonly drawingMs: number;
};

/** Drags along an axis of the parallel coordinates, and measures every redraw. */
export async function measureBrush(page: Page, axis: string): Promise<Brush> {
  const place = page.locator(`[data-plot="parallel"] [data-axis="${axis}"]`);
  await place.scrollIntoViewIfNeeded();
  const box = await place.boundingBox();
  if (box === null) throw new Error(`expected an axis ${axis}`);
  await page.evaluate('bench.watchBrush()');
  const x = box.x + box.width / 2;
  await page.mouse.move(x, box.y + box.height * 0.05);
  await page.mouse.down();
  for (let k = 1; k <= STOPS; k++) {
    await page.mouse.move(x, box.y + box.height * (0.05 + (0.85 * k) / STOPS));
    // A frame of its own for each move, as for a hand that is slower than the screen.
    await page.evaluate('bench.nextFrame()');
  }
  await page.mouse.up();
  const read = (name: string) => page.evaluate<number[]>(`bench.durations('${name}')`);
  const [frames, drawings] = [await read('bench:brush'), await read('hpo:brush')];
  if (frames.length < STOPS / 2 || drawings.length < STOPS / 2)
    throw new Error(`expected ${STOPS} redraws, got ${frames.length} and ${drawings.length}`);
  return {
    count: frames.length,
    medianMs: quantile(frames, 0.5),
    p95Ms: quantile(frames, 0.95),
    drawingMs: quantile(drawings, 0.5),
  };
}

import type { Tick } from '../store/scale.js';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[1, 2, 5, 10, 30].map((n) => n * SECOND),
  ...[1, 2, 5, 10, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14, 28].map((n) => n * DAY),
];

/** Returns ticks at full times of the reader's zone between two Unix times. */
export function timeTicks(lowMs: number, highMs: number, limit: number): Tick[] {
  const span = highMs - lowMs;
  if (!(span > 0)) return [];
  const step = STEPS.find((each) => span / each <= Math.max(2, limit)) ?? Math.ceil(span / limit / DAY) * DAY;
  const zone = new Date(lowMs).getTimezoneOffset() * MINUTE;
  const ticks: Tick[] = [];
  for (let at = Math.ceil((lowMs - zone) / step) * step + zone; at <= highMs; at += step)
    ticks.push({ at: (at - lowMs) / span, label: labelOf(at, step) });
  return ticks;
}

function labelOf(atMs: number, step: number): string {
  const date = new Date(atMs);
  const two = (part: number) => String(part).padStart(2, '0');
  if (step >= DAY) return `${date.getMonth() + 1}/${date.getDate()}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}`;
  return step < MINUTE ? `${time}:${two(date.getSeconds())}` : time;
}

import { MISSING } from '../store/fields.js';

/** Where the points of a plot lie, in CSS pixels, and the strips for trials without a value. */
export type Box = {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  /** Middle of the strip left of the axis for trials without x; null when all have one. */
  readonly noneX: number | null;
  /** Middle of the strip below for trials without y. */
  readonly noneY: number | null;
};

/** Returns the pixel of a trial; trials without a value get a place of their own in the strip. */
export function pixelX(box: Box, place: number, trial: number): number {
  if (place === MISSING) return (box.noneX ?? box.left) + jitter(trial);
  return box.left + (place / 65_534) * box.width;
}

export function pixelY(box: Box, place: number, trial: number): number {
  if (place === MISSING) return (box.noneY ?? box.top + box.height) + jitter(trial);
  return box.top + box.height - (place / 65_534) * box.height;
}

/** Between -4 and 4, always the same for a trial. */
function jitter(trial: number): number {
  return ((trial * 2_654_435_761) % 1024) / 128 - 4;
}

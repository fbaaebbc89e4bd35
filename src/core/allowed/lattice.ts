import { type FloatDistribution, type IntDistribution, latticePoint, latticeSteps } from '../distribution.js';
import { nextDown, nextUp } from './adjacent.js';

export type Numeric = FloatDistribution | IntDistribution;

/** `isOpen`: without the value itself. `isRounded`: it was computed, so that a billionth of a step is tolerated. */
type End = { readonly isOpen: boolean; readonly isRounded: boolean };

/** Returns the smallest value of the lattice that is at least (`isOpen`: above) x. */
export function ceilTo(d: Numeric, x: number, { isOpen, isRounded }: End): number {
  if (d.step === null) return isOpen ? nextUp(x) : x;
  const q = (x - d.low) / d.step;
  const k = isOpen ? Math.floor(q + 1e-9) + 1 : Math.ceil(q - 1e-9);
  // A comparison of values is exact. So the values beside it decide, and not the quotient, which is rounded.
  const isBelow = (at: number) => (isOpen ? at <= x : at < x);
  if (isRounded) return onLattice(d, k);
  if (isBelow(onLattice(d, k))) return onLattice(d, k + 1);
  return isBelow(onLattice(d, k - 1)) ? onLattice(d, k) : onLattice(d, k - 1);
}

/** Returns the largest value of the lattice that is at most (`isOpen`: below) x. */
export function floorTo(d: Numeric, x: number, { isOpen, isRounded }: End): number {
  if (d.step === null) return isOpen ? nextDown(x) : x;
  const q = (x - d.low) / d.step;
  const k = isOpen ? Math.ceil(q - 1e-9) - 1 : Math.floor(q + 1e-9);
  const isAbove = (at: number) => (isOpen ? at >= x : at > x);
  if (isRounded) return onLattice(d, k);
  if (isAbove(onLattice(d, k))) return onLattice(d, k - 1);
  return isAbove(onLattice(d, k + 1)) ? onLattice(d, k) : onLattice(d, k + 1);
}

function onLattice(d: Numeric, k: number): number {
  if (d.kind === 'int') return d.low + k * d.step;
  const last = latticeSteps(d.low, d.high, d.step as number);
  // Outside of the range only the side matters.
  if (k < 0) return d.low + k * (d.step as number);
  return k > last ? d.high + (k - last) * (d.step as number) : latticePoint(d.low, d.step as number, k);
}

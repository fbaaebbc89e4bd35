import type { Losses } from '../core/pareto.js';

type Member = { readonly row: number; readonly losses: Losses };

/** The rows that no other row dominates, as rows are added one at a time. Equal rows stay together. */
export class ParetoArchive {
  #members: Member[] = [];

  add(row: number, losses: Losses): void {
    for (const [at, member] of this.#members.entries()) {
      if (!dominates(member.losses, losses)) continue;
      // A member that refused one row is likely to refuse the next.
      if (at > 0) [this.#members[0], this.#members[at]] = [member, this.#members[0] as Member];
      return;
    }
    this.#members = this.#members.filter((member) => !dominates(losses, member.losses));
    this.#members.push({ row, losses });
  }

  /** In no particular order. */
  rows(): number[] {
    return this.#members.map(({ row }) => row);
  }
}

/** Nowhere larger, and smaller somewhere. */
function dominates(a: Losses, b: Losses): boolean {
  let isSmaller = false;
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[k] as number, b[k] as number];
    if (x > y) return false;
    if (x < y) isSmaller = true;
  }
  return isSmaller;
}

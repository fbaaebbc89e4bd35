import { isPidSeen, type Verdict } from '../../liveness/judge.js';
import type { Liveness } from '../../liveness/liveness.js';

/** How long an owner that was alive counts as alive while its pid is taken. */
const SEEN_MS = 1000;

/** Judges owners again and again, and looks at the lock of one that lives once a second. */
export class SeenAlive {
  readonly #liveness: Pick<Liveness, 'judge'>;
  readonly #seenMs = new Map<string, number>();

  constructor(liveness: Pick<Liveness, 'judge'>) {
    this.#liveness = liveness;
  }

  judge(owner: string): Verdict {
    const seenMs = this.#seenMs.get(owner);
    if (seenMs !== undefined && performance.now() - seenMs < SEEN_MS && isPidSeen(owner)) return 'alive';
    this.#seenMs.delete(owner);
    const verdict = this.#liveness.judge(owner);
    if (verdict === 'alive') this.#seenMs.set(owner, performance.now());
    return verdict;
  }
}

import { isOfThisBoot } from '../../liveness/identity.js';
import type { OwnedLiveness } from '../../liveness/liveness.js';
import type { LeaseFacts } from './workers.js';

export type LeasedLiveness = OwnedLiveness & {
  /** Takes what the leases say now. `of`: the processes that they were asked about; null: all. */
  note(facts: LeaseFacts, of: readonly string[] | null): void;
  /** Whether a process of this machine has certainly ended, whatever its lease says. */
  hasEndedHere(owner: string): boolean;
};

/**
 * Judges by the locks of this machine and, for all others, by leases. A lock that is free is certain: its process has
 * ended. A process that is frozen keeps its lock and loses its lease.
 */
export function leasedLiveness(local: OwnedLiveness): LeasedLiveness {
  let facts: LeaseFacts = new Map();
  const hasEndedHere = (owner: string) => isOfThisBoot(owner) && local.judge(owner) === 'ended';
  return {
    self: local.self,
    get isHeld() {
      return local.isHeld;
    },
    hold: () => local.hold(),
    judge: (owner) => {
      if (owner === local.self) return 'alive';
      const fact = facts.get(owner);
      return fact === undefined || hasEndedHere(owner) ? local.judge(owner) : fact;
    },
    close: (isReferred) => local.close(isReferred),
    note: (now, of) => {
      const others = of === null ? [] : [...facts].filter(([owner]) => !of.includes(owner));
      facts = new Map([...others, ...now]);
    },
    hasEndedHere,
  };
}

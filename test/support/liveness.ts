import { livenessBySight, type OwnedLiveness, type Verdict } from '../../src/liveness/liveness.js';

/** The liveness of a process of this name, which judges others by sight or as the test says. */
export function livenessAs(self: string, judge?: (owner: string) => Verdict): OwnedLiveness {
  const bySight = livenessBySight();
  return { ...bySight, self, hold: () => self, judge: judge ?? bySight.judge };
}

/** What ends a trial whose program continued without it: it fails, and is not tried again. */
export class TrialLeft extends Error {
  override readonly name = 'TrialLeft';
}

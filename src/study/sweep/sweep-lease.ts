import type { WorkerPlace } from '../../storage/storage.js';

/** What ends trainers in the place of a worker that is dead or frozen. */
export type LeaseGuard = {
  /** Without another renewal trainers end at this time of `uptimeMs`. */
  renewed(untilUptimeMs: number): void;
  /** Nothing runs any more. */
  close(): void;
};

/** What a sweep says of its lease. */
export type SweepLease = {
  readonly durationMs: number;
  readonly place: Omit<WorkerPlace, 'executor'>;
  readonly guard: LeaseGuard | null;
};

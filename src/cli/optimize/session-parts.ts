import type { Storage } from '../../storage/storage.js';
import type { PlanContext } from '../../study/sweep/budget.js';
import type { DiskSpaceGuard } from '../../study/sweep/disk-space-guard.js';
import type { SweepContext } from '../../study/sweep/sweep-context.js';
import type { StoredFeed } from '../../summaries/stored-feed.js';
import type { ClaimedOutputs } from './claim-outputs.js';
import type { ResolvedSweep } from './load.js';
import type { OptimizeRequest } from './options.js';
import type { SweepLimits } from './plan.js';
import type { OwnLease } from './worker-lease.js';

/** The study of a sweep: what runs it, and what its plan is made from. */
type SweptStudy = SweepContext & PlanContext & { release(): Promise<void> };

export type SessionParts = {
  readonly storage: Storage;
  /** The same, but an operation fails where `storage` would wait for space. */
  readonly database: Storage;
  readonly study: SweptStudy;
  readonly results: StoredFeed;
  readonly wanted: ResolvedSweep;
  readonly request: OptimizeRequest;
  readonly limits: SweepLimits;
  /** False: the study existed before. */
  readonly created: boolean;
  readonly disk: DiskSpaceGuard;
  readonly outputs: ClaimedOutputs;
  /** What shows other machines that this one lives; null: the database is this machine's. */
  readonly lease: OwnLease | null;
};

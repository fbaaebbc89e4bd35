import { openLeaseGuard, type WorkerGuard } from '../../executors/lease-guard.js';
import type { DatabaseFile } from '../../storage/storage.js';
import type { SweepLease } from '../../study/sweep/sweep-lease.js';
import { graceWithin } from '../../study/sweep/worker-lease.js';
import type { ResolvedSweep } from './load.js';
import type { SlotLayout } from './slots.js';

export type OwnLease = SweepLease & { readonly guard: WorkerGuard | null };

/** Returns the lease of this call; null where its database is one machine's. */
export function openLease(
  { leases }: Pick<DatabaseFile, 'leases'>,
  { leaseMs, executor }: ResolvedSweep['run'],
  { slots, candidates }: Pick<SlotLayout, 'slots' | 'candidates'>,
): OwnLease | null {
  if (leases === null) return null;
  const devices = [...new Set(candidates.map(({ device }) => device))].join(' ');
  const isLocal = executor.name === 'local';
  const guard = isLocal ? openLeaseGuard({ leaseMs, graceMs: graceWithin(leaseMs) }) : null;
  return { durationMs: leaseMs, place: { slots: slots.length, devices }, guard };
}

import { usageError } from '../../core/errors.js';
import type { LeaseHolder } from '../../executors/executor.js';
import { Leases, leasePlace, prepareLeaseDir } from '../../executors/gpu-leases.js';
import { holders } from '../../executors/gpu-slots.js';
import { type Memory, SlotPool } from '../../executors/slot-pool.js';
import type { Emit } from '../../study/events.js';
import { livenessIn } from '../liveness.js';
import type { SlotLayout } from './slots.js';

/** The folder for this sweep's leases. Null when it has none: for the reason in `warning`, or because it has no GPUs. */
export type LeaseDir = { readonly dir: string | null; readonly warning: string | null };

/** A program that cleans /tmp could remove leases that nobody touched for days. */
const REFRESH_MS = 10 * 60_000;

/**
 * Makes the folder that the sweeps of this machine share. Without the folder sweeps run without leases. A folder that the user
 * named must work.
 * @throws HpoError (usage) leases.unusable for a bad HPO_LEASE_DIR.
 */
export function findLeaseDir(
  { gpus }: Pick<SlotLayout, 'gpus'>,
  place = leasePlace(process.env.HPO_LEASE_DIR),
): LeaseDir {
  if (!gpus) return { dir: null, warning: null };
  const trouble = prepareLeaseDir(place);
  if (trouble === null) return { dir: place.dir, warning: null };
  const what = `the folder for GPU leases, ${place.dir}, cannot be used: ${trouble}`;
  if (place.chosen) {
    throw usageError('leases.unusable', what, {
      fix: 'set HPO_LEASE_DIR to your own folder on a local disk (chmod 700), the same for all sweeps',
    });
  }
  const fix = 'set HPO_LEASE_DIR to your own folder, the same for all sweeps';
  return { dir: null, warning: `${what}; GPUs are used without regard to other sweeps (${fix})` };
}

/** Returns the pool of a sweep's slots. Call `close` when the sweep is over. */
export async function makePool(
  { slots, candidates: places, slotsPerDevice, unlimitedSize }: SlotLayout,
  dir: string | null,
  emit: Emit,
  memory: Memory | null,
) {
  if (dir === null) {
    const pool = new SlotPool(places, { size: slots.length, memory, unlimitedSize });
    return { pool, close: () => {} };
  }
  const liveness = await livenessIn(dir);
  const onTrouble = (error: unknown) =>
    emit({
      type: 'warning',
      trial: null,
      message: `GPU leases cannot be kept in ${dir}, so that other sweeps may use the same GPUs: ${error}`,
    });
  const leases = new Leases({ dir, liveness, onTrouble });
  const timer = setInterval(() => leases.refresh(), REFRESH_MS);
  timer.unref();
  return {
    pool: new SlotPool(places, {
      sharing: { leases, slotsPerDevice },
      size: slots.length,
      memory,
      unlimitedSize,
    }),
    close: () => {
      clearInterval(timer);
      liveness.close((owner) => leases.refersTo(owner));
    },
  };
}

/** Returns what other sweeps hold of these slots' GPUs now. Writes nothing. */
export async function heldByOthers({ candidates: places, gpus }: SlotLayout): Promise<LeaseHolder[]> {
  if (!gpus) return [];
  const { dir } = leasePlace(process.env.HPO_LEASE_DIR);
  const leases = new Leases({ dir, liveness: await livenessIn(dir), onTrouble: () => {} });
  return holders(places, leases.look());
}

import { parseIdentity } from '../liveness/identity.js';
import type { LeaseHolder, Slot } from './executor.js';
import { gpuKey, type Lease } from './local/leases/lease-file.js';

/**
 * Returns the keys of a slot's GPUs. They come from what CUDA gets: a GPU that is named by its index here and by its UUID
 * elsewhere is the same.
 */
export function gpusOf({ env }: Slot): string[] {
  return (env.CUDA_VISIBLE_DEVICES ?? '').split(',').filter(Boolean).map(gpuKey);
}

/** Returns the names by which people know the GPUs of these slots, by `gpuKey`. */
export function gpuLabels(slots: readonly Slot[]): Map<string, string> {
  return new Map(
    slots.flatMap((slot) => {
      const names = slot.device.split(',');
      return gpusOf(slot).map((gpu, at) => [gpu, names[at] ?? gpu] as const);
    }),
  );
}

/** Returns who has leases on the GPUs of these slots. A reattached attempt has two leases: the newer one counts. */
export function holders(slots: readonly Slot[], live: readonly Lease[]): LeaseHolder[] {
  const labels = gpuLabels(slots);
  const watched = new Set(live.filter((lease) => lease.watched).map(({ token }) => token));
  return live.flatMap((lease) => {
    const device = labels.get(lease.gpu);
    if (device === undefined || (!lease.watched && watched.has(lease.token))) return [];
    const { study = null, trial = null } = lease.note ?? {};
    return [{ device, pid: parseIdentity(lease.owner)?.pid ?? 0, watched: lease.watched, study, trial }];
  });
}

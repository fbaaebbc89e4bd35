import type { GpuSample } from '../../../core/gpu-use.js';
import type { GpuProcess, GpuReading } from './readings.js';

/** A running attempt by its token, and its GPUs in the form of `Slot.device`: by index or by UUID. */
export type WatchedPlace = { readonly token: string; readonly devices: readonly string[] };

/** A process, and the attempt whose token it carries. */
export type KnownProcess = GpuProcess & { readonly token: string | null };

/**
 * Returns what one look shows of an attempt; null when it shows nothing. Its memory is that of its own processes. It is
 * unknown while none of them is seen (they have not started, or their pids are those of another container), or where the
 * driver does not report one of them. Utilization is that of the whole GPU.
 */
export function sampleOf(
  attempt: WatchedPlace,
  attempts: readonly WatchedPlace[],
  readings: readonly GpuReading[],
  processes: readonly KnownProcess[],
): GpuSample | null {
  const cards = readings.filter(({ index, uuid }) =>
    attempt.devices.some((device) => device === String(index) || device === uuid),
  );
  const onCards = processes.filter(({ uuid }) => cards.some((card) => card.uuid === uuid));
  const memoryMiB = sumOf(processes.filter(({ token }) => token === attempt.token).map((p) => p.memoryMiB));
  const utilization = sumOf(cards.map((card) => card.utilizationPercent));
  const cardMemoryMiB = sumOf(cards.map((card) => card.memoryUsedMiB));
  if (memoryMiB === null && utilization === null && cardMemoryMiB === null) return null;
  const neighbors = attempts.filter(
    ({ token, devices }) =>
      token !== attempt.token && devices.some((device) => attempt.devices.includes(device)),
  );
  return {
    cardUtilizationPercent: utilization === null ? null : utilization / cards.length,
    memoryMiB,
    cardMemoryMiB,
    shared: neighbors.length > 0 || onCards.some(({ token }) => token !== attempt.token),
  };
}

/** Null for no numbers, and where one of them is unknown. */
function sumOf(numbers: readonly (number | null)[]): number | null {
  if (numbers.length === 0) return null;
  return numbers.reduce(
    (sum, next) => (sum === null || next === null ? null : sum + next),
    0 as number | null,
  );
}

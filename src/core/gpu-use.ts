import { isMapping } from './mapping.js';
import type { JsonValue } from './trial.js';

/** One sample of a running trial's GPU use; null where it is unknown. */
export type GpuSample = {
  /** Mean over its GPUs, for all processes: a GPU does not report them separately. */
  readonly cardUtilizationPercent: number | null;
  /** Memory of the trial's own processes, summed over its GPUs. */
  readonly memoryMiB: number | null;
  /** Memory in use on its GPUs, by all processes. */
  readonly cardMemoryMiB: number | null;
  /** Another process was, or may have been, on one of its GPUs. */
  readonly shared: boolean;
};

export type Gauge = { readonly mean: number; readonly max: number; readonly samples: number };

/** The GPU use of an attempt, added up over its samples. A gauge is null while it is unknown. */
export type GpuUse = {
  readonly cardUtilizationPercent: Gauge | null;
  readonly memoryMiB: Gauge | null;
  readonly cardMemoryMiB: Gauge | null;
  /** In any sample. */
  readonly shared: boolean;
};

const GAUGES = ['cardUtilizationPercent', 'memoryMiB', 'cardMemoryMiB'] as const;

/** Returns the use with one more sample. The sum is the same, whichever orchestrator adds it. */
export function addSample(use: GpuUse | null, sample: GpuSample): GpuUse {
  const [cardUtilizationPercent, memoryMiB, cardMemoryMiB] = GAUGES.map((name) =>
    addTo(use?.[name] ?? null, sample[name]),
  );
  return {
    cardUtilizationPercent: cardUtilizationPercent ?? null,
    memoryMiB: memoryMiB ?? null,
    cardMemoryMiB: cardMemoryMiB ?? null,
    shared: (use?.shared ?? false) || sample.shared,
  };
}

function addTo(gauge: Gauge | null, value: number | null): Gauge | null {
  if (value === null) return gauge;
  if (gauge === null) return { mean: value, max: value, samples: 1 };
  const samples = gauge.samples + 1;
  return {
    mean: gauge.mean + (value - gauge.mean) / samples,
    max: Math.max(gauge.max, value),
    samples,
  };
}

/** Returns the stored use; null for a value that another program wrote. */
export function readGpuUse(stored: JsonValue): GpuUse | null {
  if (!isMapping(stored)) return null;
  const [cardUtilizationPercent, memoryMiB, cardMemoryMiB] = GAUGES.map((name) => readGauge(stored[name]));
  if (cardUtilizationPercent === undefined || memoryMiB === undefined || cardMemoryMiB === undefined)
    return null;
  return { cardUtilizationPercent, memoryMiB, cardMemoryMiB, shared: stored.shared === true };
}

/** Returns undefined for a value that is no gauge. */
function readGauge(value: JsonValue | undefined): Gauge | null | undefined {
  if (value === null) return null;
  if (value === undefined || !isMapping(value)) return undefined;
  const { mean, max, samples } = value;
  if (!isNumber(mean) || !isNumber(max) || !isNumber(samples) || samples < 1) return undefined;
  return { mean, max, samples };
}

function isNumber(value: JsonValue | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

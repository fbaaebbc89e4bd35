import { isMapping } from './mapping.js';
import type { JsonValue } from './trial.js';

/** One look at what a running trial has of its GPUs; null where nobody tells. */
export type GpuSample = {
  /** Mean over its cards, whoever keeps them busy: a card cannot tell its users apart. */
  readonly cardUtilizationPercent: number | null;
  /** Of the trial's own processes, on all its cards together. */
  readonly memoryMiB: number | null;
  /** What is used of its cards, by whomever. */
  readonly cardMemoryMiB: number | null;
  /** Somebody else was, or may have been, on one of its cards. */
  readonly shared: boolean;
};

export type Gauge = { readonly mean: number; readonly max: number; readonly samples: number };

/** What a trial's attempt used of its GPUs, as the looks at it add up. A gauge is null while nobody has told. */
export type GpuUse = {
  readonly cardUtilizationPercent: Gauge | null;
  readonly memoryMiB: Gauge | null;
  readonly cardMemoryMiB: Gauge | null;
  /** In any of the looks. */
  readonly shared: boolean;
};

const GAUGES = ['cardUtilizationPercent', 'memoryMiB', 'cardMemoryMiB'] as const;

/** One more look. Whoever adds it, before or after a takeover, the sum is the same. */
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

/** Reads what is stored; null for what another program wrote in its place. */
export function readGpuUse(stored: JsonValue): GpuUse | null {
  if (!isMapping(stored)) return null;
  const [cardUtilizationPercent, memoryMiB, cardMemoryMiB] = GAUGES.map((name) => readGauge(stored[name]));
  if (cardUtilizationPercent === undefined || memoryMiB === undefined || cardMemoryMiB === undefined)
    return null;
  return { cardUtilizationPercent, memoryMiB, cardMemoryMiB, shared: stored.shared === true };
}

/** Undefined for what is no gauge. */
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

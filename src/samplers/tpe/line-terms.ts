/** The kernels of a mixture on its lines. */
export type LineKernels = {
  /** Columns of the lines in a point. */
  readonly lines: readonly number[];
  readonly count: number;
  /** The kernels' own terms. */
  readonly own: Float64Array;
  /** Coordinates over (width x root 2), so that a squared difference is an exponent; axis by axis. */
  readonly scaled: Float64Array;
  /** 1 / (width x root 2) of each line. */
  readonly inverse: Float64Array;
};

/**
 * Writes the logarithm of each kernel at the point that starts at the place `at`: its own term and those of the lines, axis by axis, so
 * that no sum waits for the one before it. Five axes at a time read and write each sum once; the order of the additions is the same.
 */
export function addLineTerms(
  kernels: LineKernels,
  points: Float64Array,
  at: number,
  logs: Float64Array,
): void {
  const { lines, count, own, scaled, inverse } = kernels;
  let before = own;
  let j = 0;
  for (; j + 5 <= lines.length; j += 5) {
    const x0 = (points[at + (lines[j] as number)] as number) * (inverse[j] as number);
    const x1 = (points[at + (lines[j + 1] as number)] as number) * (inverse[j + 1] as number);
    const x2 = (points[at + (lines[j + 2] as number)] as number) * (inverse[j + 2] as number);
    const x3 = (points[at + (lines[j + 3] as number)] as number) * (inverse[j + 3] as number);
    const x4 = (points[at + (lines[j + 4] as number)] as number) * (inverse[j + 4] as number);
    const start0 = j * count;
    const start1 = start0 + count;
    const start2 = start1 + count;
    const start3 = start2 + count;
    const start4 = start3 + count;
    for (let i = 0; i < count; i++) {
      const d0 = x0 - (scaled[start0 + i] as number);
      const d1 = x1 - (scaled[start1 + i] as number);
      const d2 = x2 - (scaled[start2 + i] as number);
      const d3 = x3 - (scaled[start3 + i] as number);
      const d4 = x4 - (scaled[start4 + i] as number);
      logs[i] = (before[i] as number) - d0 * d0 - d1 * d1 - d2 * d2 - d3 * d3 - d4 * d4;
    }
    before = logs;
  }
  for (; j + 2 <= lines.length; j += 2) {
    const x0 = (points[at + (lines[j] as number)] as number) * (inverse[j] as number);
    const x1 = (points[at + (lines[j + 1] as number)] as number) * (inverse[j + 1] as number);
    const start0 = j * count;
    const start1 = start0 + count;
    for (let i = 0; i < count; i++) {
      const d0 = x0 - (scaled[start0 + i] as number);
      const d1 = x1 - (scaled[start1 + i] as number);
      logs[i] = (before[i] as number) - d0 * d0 - d1 * d1;
    }
    before = logs;
  }
  for (; j < lines.length; j++) {
    const start = j * count;
    const x = (points[at + (lines[j] as number)] as number) * (inverse[j] as number);
    for (let i = 0; i < count; i++) {
      const difference = x - (scaled[start + i] as number);
      logs[i] = (before[i] as number) - difference * difference;
    }
    before = logs;
  }
  if (before === own) for (let i = 0; i < count; i++) logs[i] = own[i] as number;
}

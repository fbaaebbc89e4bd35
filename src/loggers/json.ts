/** One line of JSON. Non-finite numbers, which JSON lacks, are the texts NaN, Infinity and -Infinity. */
export function jsonLine(data: object): string {
  return JSON.stringify(data, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
}

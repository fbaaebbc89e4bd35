/** The record as `--json` prints it: the number of its trials is called `n` there. */
export function resultJson<T extends { readonly trialCount: number }>(
  result: T,
): Omit<T, 'trialCount'> & { readonly n: number } {
  const { trialCount: n, ...rest } = result;
  return { ...rest, n };
}

/**
 * Resolves when the work settles, after `limitMs`, or when `leave` is aborted, whichever comes first. Keeps the process alive
 * meanwhile.
 */
export async function settleWithin(
  limitMs: number,
  work: Promise<unknown>,
  leave?: AbortSignal,
): Promise<void> {
  let end: () => void = () => {};
  const late = new Promise<void>((resolve) => {
    end = resolve;
  });
  const timer = setTimeout(end, leave?.aborted ? 0 : limitMs);
  leave?.addEventListener('abort', end);
  await Promise.race([work.catch(() => {}), late]);
  clearTimeout(timer);
  leave?.removeEventListener('abort', end);
}

/** A call whose loop has ended, while some of its trials are open. */
export type EndedLoop = { readonly running: Promise<unknown>; readonly openTrials: () => readonly number[] };

/** How long nothing is said of trials that a closing study waits for. */
export const QUIET_MS = 10_000;

/**
 * Resolves when the trials of ended loops have an end, or when the program has nothing left to do: then nobody can end
 * them any more.
 */
export async function waitForOpenTrials(study: string, loops: readonly EndedLoop[]): Promise<void> {
  if (loops.length === 0) return;
  const warn = (happens: string) => {
    const numbers = loops.flatMap(({ openTrials }) => openTrials()).join(', ');
    if (numbers !== '')
      process.emitWarning(`study ${study}: trials without an end: ${numbers}. ${happens}`, 'HpoWarning');
  };
  const timer = setTimeout(
    () => warn('close() waits until complete, fail or prune is called for each'),
    QUIET_MS,
  );
  timer.unref();
  let idle = () => {};
  const isIdle = new Promise<void>((resolve) => {
    idle = () => {
      warn('The program has nothing left to do that could end them: the next call runs them again');
      resolve();
    };
  });
  process.once('beforeExit', idle);
  await Promise.race([Promise.allSettled(loops.map(({ running }) => running)), isIdle]);
  process.removeListener('beforeExit', idle);
  clearTimeout(timer);
}

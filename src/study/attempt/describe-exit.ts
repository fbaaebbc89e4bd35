const SIGNALS: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  15: 'SIGTERM',
};

/** Describes an exit code for people. A shell adds 128 to the number of a signal. */
export function describeExit(exitCode: number): string {
  const signal = SIGNALS[exitCode - 128];
  const hint = signal === 'SIGKILL' ? ', often a lack of memory' : '';
  if (signal) return `killed by ${signal} (exit code ${exitCode}${hint})`;
  return `exit code ${exitCode}${exitCode === 127 ? ' (command not found)' : ''}`;
}

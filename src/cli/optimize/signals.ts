import { printError } from '../output.js';
import type { StopSignals } from './options.js';

export type SignalWatch = StopSignals & {
  /** 130 or 143 once a signal decided the exit, else null. */
  readonly exitCode: () => number | null;
  /** Aborts, as a command asks for it. */
  readonly stop: () => void;
  readonly close: () => void;
};

/** How long the last words may take when the terminal is gone. */
const HANGUP_FLUSH_MS = 2000;
/** How long the end may take once running trials are to be stopped: a file system that hangs would keep hpo for ever. */
const LAST_RESORT_MS = 55_000;
const LAST_WORDS =
  'hpo could not end in time, since the system does not answer; what still runs is left to the next hpo optimize';

/**
 * Ctrl-C once drains, twice aborts; SIGTERM aborts; a closed terminal (SIGHUP) ends hpo at once and leaves the
 * trainers running, and the next optimize reattaches to them. Once it aborts hpo ends within a minute, whatever it waits for.
 */
export function watchSignals(onHangup: () => Promise<unknown>, lastResortMs = LAST_RESORT_MS): SignalWatch {
  const drain = new AbortController();
  const abort = new AbortController();
  let exitCode: number | null = null;
  // Not taken back by `close`: what hangs may be the very end. Where nothing hangs it keeps nobody.
  abort.signal.addEventListener('abort', () => {
    setTimeout(() => {
      printError(LAST_WORDS);
      process.exit(exitCode ?? 1);
    }, lastResortMs).unref();
  });
  const interrupt = () => {
    exitCode ??= 130;
    if (drain.signal.aborted) abort.abort();
    else drain.abort();
  };
  const terminate = () => {
    exitCode = 143;
    abort.abort();
  };
  const hangup = () => {
    const leave = () => process.exit(129);
    setTimeout(leave, HANGUP_FLUSH_MS).unref();
    onHangup().then(leave, leave);
  };
  process.on('SIGINT', interrupt).on('SIGTERM', terminate).on('SIGHUP', hangup);
  return {
    drain: drain.signal,
    abort: abort.signal,
    exitCode: () => exitCode,
    stop: () => abort.abort(),
    close: () => {
      process.off('SIGINT', interrupt).off('SIGTERM', terminate).off('SIGHUP', hangup);
    },
  };
}

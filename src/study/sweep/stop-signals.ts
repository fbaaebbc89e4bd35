import type { SweepOptions } from './sweep-options.js';
import { setLongTimeout } from './timers.js';

type Options = Pick<SweepOptions, 'drain' | 'abort' | 'timeoutMs'>;
type Handlers = { readonly [name in 'drain' | 'abort' | 'timeout']: () => void };

/** Ties a sweep's signals and its clock to what they do, at once where one was given before; returns how to untie them. */
export function onStopSignals({ drain, abort, timeoutMs }: Options, on: Handlers): () => void {
  if (drain.aborted) on.drain();
  if (abort.aborted) on.abort();
  drain.addEventListener('abort', on.drain);
  abort.addEventListener('abort', on.abort);
  const timer = timeoutMs === null ? null : setLongTimeout(on.timeout, timeoutMs);
  return () => {
    drain.removeEventListener('abort', on.drain);
    abort.removeEventListener('abort', on.abort);
    timer?.clear();
  };
}

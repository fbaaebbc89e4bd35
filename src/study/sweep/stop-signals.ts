import type { SweepOptions } from './sweep-options.js';

type Options = Pick<SweepOptions, 'drain' | 'abort'>;
type Handlers = { readonly [name in 'drain' | 'abort']: () => void };

/** Ties a sweep's signals to what they do, at once where one was given before; returns how to untie them. */
export function onStopSignals({ drain, abort }: Options, on: Handlers): () => void {
  if (drain.aborted) on.drain();
  if (abort.aborted) on.abort();
  drain.addEventListener('abort', on.drain);
  abort.addEventListener('abort', on.abort);
  return () => {
    drain.removeEventListener('abort', on.drain);
    abort.removeEventListener('abort', on.abort);
  };
}

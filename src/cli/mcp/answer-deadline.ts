import type { Ends } from '../../mcp/json-rpc.js';

/** Clients give up after a minute. */
const MOST_MS = 50_000;
/** How long what was asked for last may still take, so that a server ends soon after its input. */
const LAST_MS = 10_000;

/** Returns a signal for the moment when a request is cancelled, or its answer must come. */
export function answerDeadline({ cancelled, hurry }: Ends): AbortSignal {
  const over = new AbortController();
  const end = () => over.abort();
  const shorten = () => setTimeout(end, LAST_MS).unref();
  setTimeout(end, MOST_MS).unref();
  if (hurry.aborted) shorten();
  else hurry.addEventListener('abort', shorten, { once: true });
  cancelled.addEventListener('abort', end, { once: true });
  if (cancelled.aborted) end();
  return over.signal;
}

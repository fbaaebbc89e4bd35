import { messageOf } from '../core/errors.js';
import type { Line } from '../core/input-lines.js';
import { CODES, errorLine, type JsonRpc } from './json-rpc.js';

/** The longest line that a client may send. */
export const MOST_BYTES = 4 * 2 ** 20;

/** Lines whose answers are being made or are not read yet. Further ones wait. */
export const MOST_PENDING = 32;

/**
 * Answers lines until there are no more of them, each as soon as its answer is there. `write` resolves to false when nobody
 * reads the answers any more.
 */
export async function serve(
  lines: AsyncIterable<Line>,
  rpc: JsonRpc,
  write: (line: string) => Promise<boolean>,
): Promise<void> {
  const pending = new Set<Promise<void>>();
  let isRead = true;
  const send = async (text: string | null): Promise<void> => {
    if (text !== null && !(await write(`${text}\n`))) isRead = false;
  };
  for await (const line of lines) {
    if (!isRead) break;
    if (line?.trim() === '') continue;
    const answered =
      line === null
        ? send(errorLine(CODES.parse, `expected lines of at most ${MOST_BYTES} bytes, got a longer one`))
        : rpc
            .answer(line)
            .catch((error: unknown) => errorLine(CODES.internal, messageOf(error)))
            .then(send);
    pending.add(answered);
    void answered.finally(() => pending.delete(answered));
    if (pending.size >= MOST_PENDING) await Promise.race(pending);
  }
  rpc.close();
  await Promise.all(pending);
}

import type { Line } from '../core/input-lines.js';
import { CODES, errorLine, type JsonRpc } from './json-rpc.js';

/** The longest line that a client may send. */
export const MOST_BYTES = 4 * 2 ** 20;

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
        : rpc.answer(line).then(send);
    pending.add(answered);
    void answered.finally(() => pending.delete(answered));
  }
  rpc.close();
  await Promise.all(pending);
}

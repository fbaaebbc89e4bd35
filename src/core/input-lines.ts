/** A line without its end; null: it was longer than allowed, and is left out. */
export type Line = string | null;

const NEWLINE = 10;

/** Yields the lines of an input. One that is too long is never held in memory. */
export async function* linesOf(
  input: AsyncIterable<Uint8Array>,
  mostBytes: number,
): AsyncGenerator<Line, void> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  const take = (): Line => {
    const line = bytes > mostBytes ? null : Buffer.concat(parts).toString('utf8');
    parts = [];
    bytes = 0;
    return line;
  };
  for await (const chunk of input) {
    let from = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, from)) {
      add(chunk.subarray(from, end));
      from = end + 1;
      yield take();
    }
    add(chunk.subarray(from));
  }
  if (bytes > 0) yield take();

  function add(part: Uint8Array): void {
    bytes += part.length;
    if (bytes > mostBytes) parts = [];
    else parts.push(part);
  }
}

import { HpoError, messageOf } from '../core/errors.js';
import { linesOf } from '../core/input-lines.js';
import { isMapping } from '../core/mapping.js';
import { bad } from './fields.js';

/** The longest request: about 100,000 trials in one. */
const MOST_BYTES = 64 * 2 ** 20;

type Talk = {
  readonly input: AsyncIterable<Uint8Array>;
  readonly answer: (line: string) => Promise<string>;
  /** Resolves to false when the reader is gone. */
  readonly write: (text: string) => Promise<boolean>;
};

/** Answers each line of an input with one line, until the input ends or nobody reads any more. */
export async function answerLines({ input, answer, write }: Talk): Promise<void> {
  for await (const line of linesOf(input, MOST_BYTES)) {
    const answered =
      line === null
        ? errorLine(null, bad(`requests of at most ${MOST_BYTES} bytes`, 'a longer one'))
        : await answer(line);
    if (!(await write(`${answered}\n`))) return;
  }
}

/** Returns the answer to one request: what `carryOut` returns, or its error. Whatever the line holds, it never rejects. */
export async function answerTo(
  line: string,
  carryOut: (request: unknown) => Promise<object>,
): Promise<string> {
  let id: unknown = null;
  try {
    const value = parse(line);
    // Any other could be too deep to be written.
    if (isMapping(value) && ['string', 'number'].includes(typeof value.id)) id = value.id;
    return JSON.stringify({ id, ...(await carryOut(value)) });
  } catch (error) {
    return errorLine(id, error);
  }
}

/** Returns the answer to a request that could not be carried out. */
function errorLine(id: unknown, error: unknown): string {
  const known = error instanceof HpoError;
  const code = known ? error.code : 'hpo.defect';
  const fix = (known ? error.fix : undefined) ?? null;
  return JSON.stringify({ id, error: { code, message: messageOf(error), fix } });
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw bad('one JSON object on each line', line);
  }
}

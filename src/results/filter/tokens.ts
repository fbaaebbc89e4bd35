import { type HpoError, usageError } from '../../core/errors.js';

export type Token = {
  readonly kind: 'name' | 'word' | 'operator' | 'number' | 'text' | 'open' | 'close' | 'end';
  /** As it is written; of a text and a quoted name what is between the quotes. */
  readonly text: string;
  /** Where it begins. */
  readonly at: number;
};

const WORDS: readonly string[] = ['and', 'or', 'not', 'true', 'false', 'null'];
const ALIASES: Readonly<Record<string, string>> = { '&&': 'and', '||': 'or', '=': '==' };

/** Longer conditions belong in a program. */
const MAX_LENGTH = 10_000;

const BLANK = /\s+/y;
/** Not followed by what belongs to a name: `2fast` is no number. */
const NUMBER = /[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf|nan)(?![\p{L}\p{N}_.])/iuy;
/** A name may contain what names of parameters often have; any other name stands between backticks. */
const NAME = /[\p{L}_$%][\p{L}\p{N}_$%]*(?:[./:@-][\p{L}\p{N}_$%]+)*/uy;
const OPERATOR = /<=|>=|==|!=|&&|\|\||[<>=]/y;
const QUOTED = /(["'`])((?:\\.|(?!\1)[^\\])*)\1/suy;

/**
 * Returns the parts of a condition, the end last.
 * @throws HpoError where.syntax (usage) at a character that begins none of them.
 */
export function tokensOf(text: string): Token[] {
  if (text.length > MAX_LENGTH)
    throw usageError('where.too-long', `expected at most ${MAX_LENGTH} characters, got ${text.length}`);
  const tokens: Token[] = [];
  for (let at = 0; at < text.length; ) {
    const blank = match(BLANK, text, at);
    if (blank !== null) {
      at += blank[0].length;
      continue;
    }
    const { token, length } = tokenAt(text, at);
    tokens.push(token);
    at += length;
  }
  return [...tokens, { kind: 'end', text: '', at: text.length }];
}

function tokenAt(text: string, at: number): { token: Token; length: number } {
  const first = text[at] as string;
  if (first === '(' || first === ')')
    return { token: { kind: first === '(' ? 'open' : 'close', text: first, at }, length: 1 };
  const quoted = match(QUOTED, text, at);
  if (quoted) {
    const inner = (quoted[2] as string).replace(/\\(.)/gsu, '$1');
    return { token: { kind: first === '`' ? 'name' : 'text', text: inner, at }, length: quoted[0].length };
  }
  const number = match(NUMBER, text, at)?.[0];
  if (number !== undefined) return { token: { kind: 'number', text: number, at }, length: number.length };
  const name = match(NAME, text, at)?.[0];
  if (name !== undefined) {
    const word = name.toLowerCase();
    const kind = WORDS.includes(word) ? 'word' : 'name';
    return { token: { kind, text: kind === 'word' ? word : name, at }, length: name.length };
  }
  const operator = match(OPERATOR, text, at)?.[0];
  if (operator !== undefined) {
    const plain = ALIASES[operator] ?? operator;
    const kind = WORDS.includes(plain) ? 'word' : 'operator';
    return { token: { kind, text: plain, at }, length: operator.length };
  }
  const expected = /["'`]/.test(first)
    ? `a closing ${first}, got none`
    : `a name, a number, a text in quotes or an operator, got ${JSON.stringify(first)}`;
  throw syntaxError(text, at, expected);
}

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}

const CONTEXT = 60;

/** The error for a mistake in a condition, with a mark under the place where it is. */
export function syntaxError(text: string, at: number, expected: string, fix?: string): HpoError {
  const start = Math.max(0, at - CONTEXT);
  // One character each, so that the mark stands where it should.
  const shown = text.slice(start, at + CONTEXT).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, '?');
  const mark = `${' '.repeat(at - start)}^`;
  return usageError(
    'where.syntax',
    `expected ${expected}\n  ${shown}\n  ${mark}`,
    fix === undefined ? {} : { fix },
  );
}

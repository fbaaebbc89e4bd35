import { syntaxError, type Token, tokensOf } from './tokens.js';

export type Comparator = '==' | '!=' | '<' | '<=' | '>' | '>=';
/** Null: the value is missing, since the parameter is not active or nobody reported the metric. */
export type Literal = number | string | boolean | null;
export type Operand =
  | { readonly kind: 'name'; readonly name: string; readonly at: number }
  | { readonly kind: 'literal'; readonly value: Literal; readonly at: number };
export type Condition =
  | { readonly kind: 'and' | 'or'; readonly parts: readonly Condition[] }
  | { readonly kind: 'not'; readonly part: Condition }
  | {
      readonly kind: 'compare';
      readonly left: Operand;
      readonly comparator: Comparator;
      readonly right: Operand;
    };

const EXAMPLE = 'for example lr < 0.01 and opt == "adam"';
/** Deeper ones are no condition that a person wrote, and would exhaust the stack. */
const MAX_DEPTH = 200;

/**
 * Returns a condition such as `lr < 0.01 and (opt == "adam" or not warmup == null)` as a tree. `or` binds least, then `and`,
 * then `not`. Nothing in it is ever run.
 * @throws HpoError where.syntax (usage).
 */
export function parseCondition(text: string): Condition {
  return new Parser(text).parse();
}

class Parser {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokensOf(text);
  }

  parse(): Condition {
    const condition = this.#or();
    if (this.#next.kind !== 'end') throw this.#error('and, or, or the end');
    return condition;
  }

  get #next(): Token {
    return this.#tokens[this.#at] as Token;
  }

  #or(): Condition {
    return this.#chain('or', () => this.#chain('and', () => this.#not()));
  }

  #chain(kind: 'and' | 'or', part: () => Condition): Condition {
    const first = part();
    const parts = [first];
    while (this.#take('word', kind)) parts.push(part());
    return parts.length === 1 ? first : { kind, parts };
  }

  #not(): Condition {
    if (++this.#depth > MAX_DEPTH) throw this.#error(`at most ${MAX_DEPTH} levels of not and parentheses`);
    try {
      if (this.#take('word', 'not')) return { kind: 'not', part: this.#not() };
      if (!this.#take('open', '(')) return this.#comparison();
      const inner = this.#or();
      if (!this.#take('close', ')')) throw this.#error('a closing parenthesis');
      return inner;
    } finally {
      this.#depth--;
    }
  }

  #comparison(): Condition {
    const left = this.#operand('a comparison');
    const { kind, text } = this.#next;
    if (kind !== 'operator') throw this.#error('one of == != < <= > >=');
    this.#at++;
    const right = this.#operand('a value');
    if (this.#next.kind === 'operator')
      throw this.#error('and, or, or the end', 'write 1 < x and x < 3 for 1 < x < 3');
    return { kind: 'compare', left, comparator: text as Comparator, right };
  }

  #operand(expected: string): Operand {
    const token = this.#next;
    const { kind, text, at } = token;
    const literal = (value: Literal): Operand => ({ kind: 'literal', value, at });
    const operand =
      kind === 'name'
        ? { kind, name: text, at }
        : kind === 'number'
          ? literal(numberOf(text))
          : kind === 'text'
            ? literal(text)
            : kind === 'word' && text in WORD_VALUES
              ? literal(WORD_VALUES[text as keyof typeof WORD_VALUES])
              : null;
    if (operand === null) throw this.#error(expected, EXAMPLE);
    this.#at++;
    return operand;
  }

  #take(kind: Token['kind'], text: string): boolean {
    if (this.#next.kind !== kind || this.#next.text !== text) return false;
    this.#at++;
    return true;
  }

  #error(expected: string, fix?: string) {
    const { kind, text, at } = this.#next;
    const got = kind === 'end' ? 'the end' : JSON.stringify(text);
    return syntaxError(this.#text, at, `${expected}, got ${got}`, fix);
  }
}

const WORD_VALUES = { true: true, false: false, null: null } as const;

/** As METRIC lines write numbers: `inf` and `nan` too. */
function numberOf(text: string): number {
  const plain = text.toLowerCase();
  if (plain.endsWith('nan')) return Number.NaN;
  if (plain.endsWith('inf'))
    return plain.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(plain);
}

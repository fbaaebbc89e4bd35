import { describe, expect, test } from 'vitest';
import { locateExpression, locateSymbol } from './locate.js';

const SOURCE = `
import { join } from 'node:path';

const SCRIPT = \`echo \${join}
  { echo }
\`;

export class Cache<T> {
  readonly #size = 1;
  items: T[] = [];

  constructor(
    private readonly limit: number,
  ) {
    this.add(limit);
  }

  /** add(item) in a comment. */
  async add(item: T): Promise<{ size: number }> {
    const size = () => this.items.length;
    return { size: size() }; // }
  }

  get size(): number {
    return this.items.length;
  }
}

export function* outer(text: string) {
  function inner() {
    return '}';
  }
  return inner() + text;
}

export const table = {
  first: { load: () => 1 },
  load: () => 2,
  last() {
    return 3;
  }
};
`;

function textOf(symbol: string): string {
  const { start, end } = locateSymbol(SOURCE, symbol);
  return SOURCE.slice(start, end).trim();
}

function found(expression: string, symbol = 'Cache'): string {
  const { start, end } = locateExpression(SOURCE, locateSymbol(SOURCE, symbol), expression);
  return SOURCE.slice(start, end);
}

describe('a symbol', () => {
  test.each([
    ['SCRIPT', 'const SCRIPT', '`;'],
    ['Cache', 'export class Cache', 'this.items.length;\n  }\n}'],
    ['Cache.#size', 'readonly #size', '= 1;'],
    ['Cache.constructor', 'constructor(', 'this.add(limit);\n  }'],
    ['Cache.add', 'async add(', '// }\n  }'],
    ['Cache.size', 'get size', 'length;\n  }'],
    ['outer', 'export function* outer', 'text;\n}'],
    ['inner', 'function inner', "'}';\n  }"],
    ['table.load', 'load: () => 2', '2,'],
    ['table.last', 'last() {', '3;\n  }'],
  ])('%s is found with its body', (symbol, first, last) => {
    const text = textOf(symbol);
    expect(text.startsWith(first)).toBe(true);
    expect(text.endsWith(last)).toBe(true);
  });

  test('that is not there is named', () => {
    expect(() => textOf('Cache.remove')).toThrow('the symbol Cache.remove is not there');
    expect(() => textOf('item')).toThrow('the symbol item is not there');
  });

  test('that stands there twice is refused', () => {
    expect(() => locateSymbol(`${SOURCE}\nfunction outer() {}\n`, 'outer')).toThrow('stands there 2 times');
  });
});

describe('an expression', () => {
  test('is found however it is formatted', () => {
    expect(found('constructor(private readonly limit: number)')).toContain(
      '\n    private readonly limit: number,\n',
    );
    expect(found('return {\n  size: size(),\n}', 'Cache.add')).toBe('return { size: size() }');
  });

  test('is a whole word', () => {
    expect(() => found('siz')).toThrow('does not occur');
  });

  test('occurs exactly once inside its symbol', () => {
    expect(() => found('this.items.length')).toThrow('occurs 2 times');
    expect(found('this.items.length', 'Cache.size')).toBe('this.items.length');
  });
});

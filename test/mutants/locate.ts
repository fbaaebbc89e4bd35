import { blankText } from '../architecture/source.js';

/** A part of a text, by the offsets of its first character and of the one after its last. */
export type Range = { readonly start: number; readonly end: number };

const MODIFIERS =
  '(?:(?:export|default|declare|abstract|public|private|protected|static|override|readonly|async|get|set)\\s+)*';

/**
 * Returns where a declaration stands, with its body. `symbol` names a function, class, constant or type, or a member
 * of one after a dot: `Leases.#write`. It reads sources that Biome has formatted.
 * @throws Error when the text has no such declaration, or several.
 */
export function locateSymbol(text: string, symbol: string): Range {
  const code = blankText(text);
  let found: Range = { start: 0, end: text.length };
  for (const [level, name] of symbol.split('.').entries()) {
    const starts = level === 0 ? declarations(code, name) : members(code, found, name);
    if (starts.length !== 1) {
      const what = starts.length === 0 ? 'is not there' : `stands there ${starts.length} times`;
      throw new Error(`the symbol ${symbol} ${what}`);
    }
    found = { start: starts[0] as number, end: endOf(code, starts[0] as number) };
  }
  return found;
}

function declarations(code: string, name: string): number[] {
  const keyword = '(?:function\\s*\\*?|class|const|let|interface|type|enum)';
  const pattern = new RegExp(`^[ \\t]*${MODIFIERS}${keyword}\\s*(?<![\\w$])${escaped(name)}(?![\\w$])`, 'gm');
  return [...code.matchAll(pattern)].map((match) => match.index);
}

/** Members of a class, an object or a type stand one level below it, each at the start of a line. */
function members(code: string, { start, end }: Range, name: string): number[] {
  const body = code.slice(start, end);
  const pattern = new RegExp(`^[ \\t]+${MODIFIERS}\\*?\\s*${escaped(name)}\\s*(?=[(<:=?;,])`, 'gm');
  const found = [...body.matchAll(pattern)].map((match) => match.index);
  return found.filter((at) => depthOf(body.slice(0, at)) === 1).map((at) => start + at);
}

function depthOf(code: string): number {
  let depth = 0;
  for (const char of code) {
    if (OPENS.has(char)) depth++;
    else if (CLOSES.has(char)) depth--;
  }
  return depth;
}

const OPENS = new Set('([{');
const CLOSES = new Set(')]}');

/** A declaration ends with the first line that closes all brackets and ends like a statement, a body or a member. */
function endOf(code: string, start: number): number {
  const isValue = /^[ \t]*(?:export\s+)?(?:const|let|type)\b/.test(code.slice(start, start + 80));
  const last = isValue ? /;$/ : /[;,}]$/;
  let depth = 0;
  for (let at = start; at < code.length; ) {
    const newline = code.indexOf('\n', at);
    const lineEnd = newline < 0 ? code.length : newline;
    for (const char of code.slice(at, lineEnd)) {
      if (OPENS.has(char)) depth++;
      else if (CLOSES.has(char)) depth--;
      // The last member of an object may have no comma: the bracket belongs to what is around it.
      if (depth < 0) return at;
    }
    if (depth === 0 && last.test(code.slice(start, lineEnd).trimEnd())) return lineEnd;
    at = lineEnd + 1;
  }
  return code.length;
}

/**
 * Returns where the one occurrence of an expression stands in a range of a text.
 * @throws Error when it occurs not at all, or more than once.
 */
export function locateExpression(text: string, within: Range, expression: string): Range {
  const wanted = condensed(expression, 0, expression.length);
  if (wanted.text === '') throw new Error('the expression is empty');
  const there = condensed(text, within.start, within.end);
  const found: Range[] = [];
  for (let at = there.text.indexOf(wanted.text); at >= 0; at = there.text.indexOf(wanted.text, at + 1)) {
    const start = there.offsets[at] as number;
    const end = (there.offsets[at + wanted.text.length - 1] as number) + 1;
    if (isWhole(text, start, end)) found.push({ start, end });
  }
  if (found.length !== 1)
    throw new Error(
      found.length === 0 ? 'the expression does not occur' : `the expression occurs ${found.length} times`,
    );
  return found[0] as Range;
}

/** Whether no word is cut at either end. */
function isWhole(text: string, start: number, end: number): boolean {
  const cut = (at: number) => /^[\w$]{2}$/.test(text.slice(at - 1, at + 1));
  return !cut(start) && !cut(end);
}

/** The text without white space and trailing commas, and the offset that each character of it had. */
function condensed(text: string, start: number, end: number): { text: string; offsets: number[] } {
  const kept: string[] = [];
  const offsets: number[] = [];
  for (let at = start; at < end; at++) {
    const char = text[at] as string;
    if (/\s/.test(char)) continue;
    if (CLOSES.has(char) && kept.at(-1) === ',') {
      kept.pop();
      offsets.pop();
    }
    kept.push(char);
    offsets.push(at);
  }
  return { text: kept.join(''), offsets };
}

function escaped(name: string): string {
  return name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

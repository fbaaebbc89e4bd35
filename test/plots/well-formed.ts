import stringWidth from 'string-width';
import { expect } from 'vitest';

const TAG = /<(\/?)([a-zA-Z]+)((?:\s+[a-zA-Z-]+(?::[a-z]+)?="[^"<>]*")*)\s*(\/?)>/g;

/** Fails unless a text is one well-formed XML document that draws only numbers and loads nothing. */
export function checkSvg(svg: string): void {
  const open: string[] = [];
  let end = 0;
  for (const { index, 0: whole, 1: isEnd, 2: name, 3: attributes, 4: isEmpty } of svg.matchAll(TAG)) {
    checkText(svg.slice(end, index), open.at(-1) ?? '');
    end = index + whole.length;
    expect(attributes).not.toMatch(/NaN|Infinity|undefined|\son[a-z]+=|href/);
    if (isEnd) expect(open.pop()).toBe(name);
    else if (!isEmpty) open.push(name as string);
  }
  checkText(svg.slice(end), '');
  expect(open).toEqual([]);
  expect(svg.startsWith('<svg ')).toBe(true);
  expect(svg).not.toMatch(/[\u0000-\u0008\u000b-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])/);
}

function checkText(text: string, element: string): void {
  if (element === 'style') return;
  expect(text).not.toContain('<');
  expect(text.replace(/&(?:amp|lt|gt|quot|#39);/g, '')).not.toContain('&');
  if (!['text', 'title'].includes(element)) expect(text.trim()).toBe('');
}

/** Fails unless every line fits, and nothing but colors controls the terminal. */
export function checkTerminal(
  text: string,
  { columns, isUnicode }: { readonly columns: number; readonly isUnicode: boolean },
): void {
  const plain = text.replace(/\u001b\[\d+m/g, '');
  expect(plain).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(plain).not.toMatch(/NaN|Infinity|undefined/);
  if (!isUnicode) expect(plain).toMatch(/^[\x20-\x7e\n]*$/);
  for (const line of plain.split('\n')) expect(widthOf(line)).toBeLessThanOrEqual(columns);
}

/** The width of a line; the slow way only where a character may be wide. */
function widthOf(line: string): number {
  return /^[\x20-\x7e\u2500-\u28ff…×±]*$/.test(line) ? line.length : stringWidth(line);
}

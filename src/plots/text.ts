import { printableLine } from '../core/printable.js';

/** Characters that XML forbids: halves of surrogate pairs, and two that are no characters. */
const NO_TEXT = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\ufffe\uffff]/g;

/** Returns a name or a note of others on one line, without characters that control a terminal or that XML forbids. */
export function plainText(text: string): string {
  return printableLine(text.slice(0, 2000)).replace(NO_TEXT, '\ufffd');
}

/** Returns words in lines that are no wider than this; a wider word has a line of its own. */
export function wrapWords(text: string, width: number, widthOf: (text: string) => number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return line === '' ? lines : [...lines, line];
}

/** Returns the text, or its beginning with an ellipsis where it is too wide. */
export function cutText(
  text: string,
  width: number,
  { widthOf, ellipsis }: { readonly widthOf: (text: string) => number; readonly ellipsis: string },
): string {
  if (widthOf(text) <= width) return text;
  let kept = '';
  let used = widthOf(ellipsis);
  for (const character of text) {
    used += widthOf(character);
    if (used > width) break;
    kept += character;
  }
  return kept === '' ? '' : kept + ellipsis;
}

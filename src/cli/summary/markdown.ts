import { printable } from '../../core/printable.js';

/**
 * Returns a text of others as it is read in a cell or a line of Markdown: on one line, and with every character escaped that could
 * begin markup, end a cell or open HTML. Numbers and plain words stay as they are.
 */
export function escapeMarkdown(text: string): string {
  const plain = printable(text).replaceAll('\n', ' ');
  // HTML first; a backslash before punctuation is how CommonMark and GitHub write it as it is.
  return plain
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_{}[\]()#+!|~$]/g, '\\$&')
    .replace(/@(?=\w)/g, '&#64;')
    .replace(/:(?=\/\/)/g, '&#58;')
    .replace(/\bwww\./gi, (match) => `${match.slice(0, 3)}&#46;`)
    .replace(/^(\s*)([-=])/, '$1\\$2')
    .replace(/^(\s*\d+)\.(?=\s|$)/, '$1\\.');
}

/** A table of GitHub's Markdown. `cells` are escaped here. */
export function markdownTable(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(escapeMarkdown).join(' | ')} |`;
  return [line(titles), `|${titles.map(() => '-').join('|')}|`, ...rows.map(line)].join('\n');
}

import { existsSync, readFileSync, writeFileSync } from 'node:fs';

/** What hpo writes into a project. */
const OURS = ['/outputs/', '/storage/', '/cfg/runs.csv', '/cfg/runs.*.csv'];
const FILE = '.gitignore';

/** Adds hpo's folders to .gitignore and keeps what is there. Returns whether it changed. */
export function ignoreOutputs(): boolean {
  const text = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
  const added = linesToIgnore(text);
  if (added === '') return false;
  writeFileSync(FILE, text + added);
  return true;
}

/** Returns the text to append to a .gitignore; empty when it has everything. */
export function linesToIgnore(text: string): string {
  const there = new Set(text.split(/\r?\n/).map(bare));
  const missing = OURS.filter((line) => !there.has(bare(line)));
  if (missing.length === 0) return '';
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const before = text === '' ? '' : `${text.endsWith('\n') ? '' : end}${end}`;
  return before + ['# hpo', ...missing, ''].join(end);
}

/** `outputs`, `/outputs/` and `outputs/**` ignore the same folder. */
function bare(line: string): string {
  return line
    .trim()
    .replace(/^\//, '')
    .replace(/\/?\**$/, '')
    .replace(/\/$/, '');
}

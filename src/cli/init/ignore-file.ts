import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** What hpo writes into a project. */
const OURS = ['/outputs/', '/storage/', '/cfg/runs.csv', '/cfg/runs.*.csv', '/cfg/steps.csv'];
const FILE = '.gitignore';

/** Adds hpo's folders to .gitignore and keeps what is there. Returns whether it changed. */
export function ignoreOutputs(): boolean {
  const text = existsSync(FILE) ? readFileSync(FILE, 'utf8') : '';
  const added = linesToIgnore(text, [], packagesIn('.'));
  if (added === '') return false;
  writeFileSync(FILE, text + added);
  return true;
}

/**
 * The same where it is of use: in a repository of git, or beside a .gitignore. What a folder above ignores everywhere is not
 * named again. Without the permission to write nothing happens.
 */
export function ignoreInRepository(folder = process.cwd()): boolean {
  const above = foldersAbove(folder);
  const repository = above.findIndex((each) => existsSync(join(each, '.git')));
  if (repository < 0 && !existsSync(join(folder, FILE))) return false;
  try {
    const inherited = above.slice(1, repository + 1).flatMap((each) => everywhere(join(each, FILE)));
    const file = join(folder, FILE);
    const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
    const added = linesToIgnore(text, inherited, packagesIn(folder));
    if (added !== '') writeFileSync(file, text + added);
    return added !== '';
  } catch {
    return false;
  }
}

/** hpo is a package of npm: a repository of another language does not ignore where npm puts it. */
function packagesIn(folder: string): string[] {
  return existsSync(join(folder, 'node_modules')) ? ['/node_modules/'] : [];
}

/** This folder and all above it. */
function foldersAbove(folder: string): string[] {
  const path = resolve(folder);
  const next = dirname(path);
  return next === path ? [path] : [path, ...foldersAbove(next)];
}

/** The lines of a .gitignore that hold in folders below it: those without a slash before their end. */
function everywhere(file: string): string[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split(/\r?\n/)
    .filter((line) => !bare(line).includes('/') && !line.trim().startsWith('/'));
}

/** Returns the text to append to a .gitignore, with `more` beside hpo's own folders; empty when it, or the lines of a folder above, have everything. */
export function linesToIgnore(
  text: string,
  inherited: readonly string[] = [],
  more: readonly string[] = [],
): string {
  const there = new Set([...text.split(/\r?\n/), ...inherited].map(bare));
  const missing = [...OURS, ...more].filter((line) => !there.has(bare(line)));
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

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { type Allowed, proseOf, wordsToAvoid } from './architecture/prose.js';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Text that must keep such a word: a quotation, or a name that looks like prose. At most a dozen. */
const ALLOWED: readonly Allowed[] = [];

/**
 * Words still to be replaced, by folder. Every other folder has none. A number may only become smaller: lower it with the
 * change that replaces the words.
 */
const LEFT: Readonly<Record<string, number>> = { test: 110 };

/** Paths below the root of the files in these folders, with these extensions. */
function filesIn(folder: string, extension: RegExp): string[] {
  return readdirSync(ROOT + folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && extension.test(entry.name))
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(ROOT.length).replaceAll('\\', '/'))
    .filter((path) => !path.includes('node_modules/'));
}

/** `src/cli/optimize` for a file there, `src/storage` for any file of the storage, `docs`, or `.` for a file of the root. */
function folderOf(path: string): string {
  if (path.startsWith('test/')) return 'test';
  const parts = path.split('/').slice(0, -1);
  return parts.slice(0, parts[1] === 'cli' ? 3 : parts[0] === 'src' ? 2 : 1).join('/') || '.';
}

describe('the prose', () => {
  const paths = [
    ...filesIn('src', /\.tsx?$/),
    // This file and its list have the words that are searched for.
    ...filesIn('test', /\.tsx?$/).filter((path) => !/\/prose(?:\.test)?\.ts$/.test(path)),
    ...filesIn('docs', /\.md$/),
    ...filesIn('examples', /\.(?:[cm]?[jt]s|py|sh|R|c|ya?ml|md)$/),
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'CHANGELOG.md',
  ];
  const found = paths.map((path) => ({
    folder: folderOf(path),
    words: wordsToAvoid(path, readFileSync(ROOT + path, 'utf8'), ALLOWED),
  }));

  test('is plain English: words that a translation would choose are replaced', () => {
    const byFolder = new Map<string, string[]>();
    for (const { folder, words } of found) byFolder.set(folder, [...(byFolder.get(folder) ?? []), ...words]);
    const tooMany = [...byFolder].filter(([folder, words]) => words.length > (LEFT[folder] ?? 0));
    expect(tooMany.flatMap(([, words]) => words)).toEqual([]);
  });

  test('needs no more exceptions than a dozen, each for a text that exists', () => {
    expect(ALLOWED.length).toBeLessThanOrEqual(12);
    for (const { path, text } of ALLOWED) expect(readFileSync(ROOT + path, 'utf8')).toContain(text);
  });
});

describe('the search for such words', () => {
  const words = (text: string, path = 'src/a.ts', allowed: readonly Allowed[] = []) =>
    wordsToAvoid(path, text, allowed);

  test('reports the file, the line, the word and a better one', () => {
    expect(words('// One.\n// It GOES on.')).toEqual(['src/a.ts:2: "GOES on"; write: continues, resumes']);
  });

  test('reads comments, texts and templates, and phrases across two lines of a comment', () => {
    expect(words("const a = 'it hangs on b';\nconst c = `told ${d} twice`;")).toHaveLength(2);
    expect(words('/**\n * What it goes\n * on with.\n */')).toHaveLength(1);
  });

  test('ignores code, names in backticks, and keys', () => {
    expect(
      words("// `told` says so.\nconst told = a['told']; for (const parent of ours) f(`${told}`);"),
    ).toEqual([]);
    expect(words('The key `told`.', 'docs/a.md')).toEqual([]);
  });

  test('ignores parts of words', () => {
    expect(words('// let best, follow, allowed, outtold')).toEqual([]);
  });

  test('reads only the headings of the changelog', () => {
    expect(words('## Goes on\n\nIt goes on.', 'CHANGELOG.md')).toEqual([
      'CHANGELOG.md:1: "Goes on"; write: continues, resumes',
    ]);
  });

  test('skips an allowed text in its file alone', () => {
    const allowed = [{ path: 'src/a.ts', text: 'AS told', reason: 'a column' }];
    expect(words("q('SELECT x AS told FROM t');", 'src/a.ts', allowed)).toEqual([]);
    expect(words("q('SELECT x AS told FROM t');", 'src/b.ts', allowed)).toHaveLength(1);
  });

  test('keeps positions: prose has the length of the text', () => {
    const text = "const a = 'b'; // c\n";
    expect(proseOf('src/a.ts', text)).toHaveLength(text.length);
  });
});

import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve } from 'node:path';

/** A script is shorter than this; anything longer is data. */
const MAX_BYTES = 64 * 1024 * 1024;

/** The script of a command, as the command names it, and where it lies. */
export type Script = { readonly file: string; readonly path: string };

/**
 * Returns the script of a trainer's command: the module after `-m`, else the first word after the program that is a file, else
 * the program itself where it is named by a path. Null when there is none.
 */
export function findScript(command: readonly string[], cwd: string): Script | null {
  const [program = '', ...words] = command;
  const at = words.indexOf('-m');
  const module = at >= 0 ? (words[at + 1] ?? '').replaceAll('.', '/') : '';
  const ofModule = module === '' ? [] : [`${module}.py`, join(module, '__main__.py')];
  const candidates = [...ofModule, ...words, ...(program.includes('/') ? [program] : [])];
  for (const word of candidates) {
    if (word === '' || word.startsWith('-') || word.includes('${')) continue;
    const path = resolve(cwd, word);
    if (isShortFile(path)) return { file: named(word, cwd), path };
  }
  return null;
}

/** An absolute path below the folder is shortened: the folder may name a person. */
function named(word: string, cwd: string): string {
  const inside = relative(cwd, word);
  return isAbsolute(word) && !inside.startsWith('..') ? inside : word;
}

function isShortFile(path: string): boolean {
  try {
    const stat = statSync(path);
    return stat.isFile() && stat.size <= MAX_BYTES;
  } catch {
    return false;
  }
}

/** Returns the SHA-256 of a file in hexadecimal digits; null when it cannot be read. */
export async function sha256Of(path: string): Promise<string | null> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
    return hash.digest('hex');
  } catch {
    return null;
  }
}

// What every step of the build uses: the folders, whether something has changed since, and writing a file whole.
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const dist = join(root, 'dist');
/** What the build remembers. Not published. */
export const state = join(dist, '.build');

/** Returns a text that changes when one of these files, or a file in one of these folders, changes. */
export function fingerprint(paths) {
  const files = paths.flatMap((path) => {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path, { recursive: true, withFileTypes: true });
    return names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  });
  const hash = createHash('sha256');
  for (const file of files.sort()) {
    const { mtimeMs, size } = statSync(file);
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

/** Runs a step unless its inputs are as they were at its last success. */
export async function unlessDone(step, inputs, run) {
  const file = join(state, step);
  const now = fingerprint(inputs);
  if (existsSync(file) && readFileSync(file, 'utf8') === now) return;
  await run();
  writeWhole(file, now);
}

/** Writes a file in one act, so that a process that starts meanwhile never reads half of it. Keeps it when it is the same. */
export function writeWhole(file, content) {
  const bytes = Buffer.from(content);
  if (existsSync(file) && readFileSync(file).equals(bytes)) return;
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  writeFileSync(temporary, bytes);
  renameSync(temporary, file);
}

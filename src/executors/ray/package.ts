import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { messageOf, usageError } from '../../core/errors.js';
import { type ZipFile, zipOf } from './zip.js';

/** What a folder of code holds besides code. */
const LEFT_OUT = [
  '*.db',
  '*.db-*',
  '.git',
  '.venv',
  'venv',
  'node_modules',
  '__pycache__',
  '.mypy_cache',
  '.pytest_cache',
];
/** Ray keeps a package in the memory of the head node. */
const MOST_BYTES = 100 * 2 ** 20;

/** A folder as it is sent to a cluster. */
export type Package = { readonly name: string; readonly data: Buffer };

type Packing = {
  readonly folder: string;
  /** Absolute paths of what hpo itself writes: it changes while a sweep runs. */
  readonly own: readonly string[];
  /** Names, or paths below the folder; a `*` stands for any part of a name. */
  readonly excludes: readonly string[];
};

/**
 * Returns the package of a folder. The same files have the same name, so that they are sent once.
 * @throws HpoError (usage) executor.bad-working-dir where it cannot be read or is too large.
 */
export function packageOf({ folder, own, excludes }: Packing): Package {
  const patterns = [...LEFT_OUT, ...excludes].map(patternOf);
  const files: ZipFile[] = [];
  let bytes = 0;
  const walk = (dir: string): void => {
    for (const name of readdirSync(dir).sort()) {
      const file = join(dir, name);
      const path = relative(folder, file);
      if (own.includes(file) || patterns.some((pattern) => pattern.test(path) || pattern.test(name)))
        continue;
      const stat = statSync(file, { throwIfNoEntry: false });
      if (stat?.isDirectory()) walk(file);
      if (!stat?.isFile()) continue;
      bytes += stat.size;
      if (bytes > MOST_BYTES)
        throw badFolder(
          folder,
          'more than 100 MiB',
          'name what jobs do not need in executor.runtime_env.excludes',
        );
      files.push({ name: path, data: readFileSync(file), mode: stat.mode });
    }
  };
  try {
    if (!statSync(folder).isDirectory()) throw new Error('a file');
    walk(folder);
  } catch (error) {
    if (error instanceof Error && 'usage' in error) throw error;
    throw badFolder(folder, messageOf(error), 'correct executor.working_dir');
  }
  const data = zipOf(files);
  const hash = createHash('sha256').update(data).digest('hex').slice(0, 16);
  return { name: `_ray_pkg_${hash}.zip`, data };
}

function badFolder(folder: string, got: string, fix: string) {
  return usageError(
    'executor.bad-working-dir',
    `expected executor.working_dir to be a folder of at most 100 MiB, got ${got} at ${folder}`,
    { fix },
  );
}

function patternOf(text: string): RegExp {
  const plain = text.replace(/^\.?\/|\/$/g, '');
  return new RegExp(`^${plain.split('*').map(escaped).join('[^/]*')}$`);
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

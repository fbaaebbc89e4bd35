// Other versions of Node, from npm (node@22 and so on), for checks that must pass under each of them.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const MAJORS = ['20', '22', '24'];

/** Returns the program of a major version: this one, or one below `folder`; null without access to npm's registry. */
export function nodeOf(major, folder) {
  if (major === process.versions.node.split('.')[0]) return process.execPath;
  const prefix = join(folder, major);
  const args = [
    'install',
    `node@${major}`,
    '--prefix',
    prefix,
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  const node = join(prefix, 'node_modules', 'node', 'bin', 'node');
  if (status === 0 && existsSync(node)) return node;
  if (stderr) console.error(stderr.trim().split('\n')[0]);
  return null;
}

export function versionOf(node) {
  return execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
}

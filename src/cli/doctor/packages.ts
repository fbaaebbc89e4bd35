import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import type { Check, Finding } from './check.js';
import { readManifest } from './manifest.js';

export const packageChecks: readonly Check[] = [
  {
    name: 'hpo',
    run: () => ({
      status: 'ok',
      message: readManifest().version,
      details: { version: readManifest().version },
    }),
  },
  { name: 'needed', run: () => needed(readManifest().dependencies) },
  {
    name: 'optional',
    // All of them are optional.
    run: () => optional(readManifest().peerDependencies),
  },
];

function needed(wanted: Readonly<Record<string, string>>): Finding {
  const { found, missing } = findAll(wanted);
  if (missing.length === 0) return { status: 'ok', message: listText(found), details: { versions: found } };
  return {
    status: 'fail',
    message: `not installed: ${missing.join(', ')}`,
    fix: `npm install ${missing.map((name) => `${name}@${wanted[name]}`).join(' ')}`,
    details: { versions: found, missing },
  };
}

/** Never a warning: the parts that use them report what their absence means. */
function optional(wanted: Readonly<Record<string, string>>): Finding {
  const { found, missing } = findAll(wanted);
  const without = missing.length > 0 ? `not installed: ${missing.join(', ')}` : '';
  const status = missing.length > 0 ? 'info' : 'ok';
  const message = [listText(found), without].filter(Boolean).join('; ');
  return { status, message, details: { versions: found, missing } };
}

function findAll(wanted: Readonly<Record<string, string>>) {
  const versions = Object.keys(wanted).map((name) => [name, versionOf(name)] as const);
  return {
    found: Object.fromEntries(versions.filter(([, version]) => version !== null)) as Record<string, string>,
    missing: versions.filter(([, version]) => version === null).map(([name]) => name),
  };
}

function listText(versions: Readonly<Record<string, string>>): string {
  return Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
}

/** Returns the version, read from the disk: some packages hide their package.json from `require`. */
function versionOf(name: string): string | null {
  for (const folder of packageFolders()) {
    try {
      const manifest: unknown = JSON.parse(readFileSync(join(folder, name, 'package.json'), 'utf8'));
      if (typeof manifest === 'object' && manifest !== null && 'version' in manifest)
        return String(manifest.version);
    } catch {
      // Not in this folder.
    }
  }
  return null;
}

/** Returns the folders where Node finds packages for hpo: node_modules from here upwards, then NODE_PATH. */
function packageFolders(): string[] {
  const folders: string[] = [];
  for (let at = import.meta.dirname; at !== dirname(at); at = dirname(at))
    folders.push(join(at, 'node_modules'));
  return [...folders, ...(process.env.NODE_PATH?.split(delimiter) ?? [])];
}

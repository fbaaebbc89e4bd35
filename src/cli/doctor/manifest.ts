import { readFileSync } from 'node:fs';
import { packageFile } from '../../core/package-file.js';

/** The keys of hpo's package.json that are read. */
export type Manifest = {
  readonly version: string;
  readonly engines: { readonly node: string };
  readonly dependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
};

export function readManifest(): Manifest {
  return JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as Manifest;
}

import { readFileSync } from 'node:fs';
import { packageFile } from '../core/package-file.js';

/** Returns the version of this hpo. */
export function version(): string {
  return (JSON.parse(readFileSync(packageFile('package.json'), 'utf8')) as { version: string }).version;
}

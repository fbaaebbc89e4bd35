import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { STARTED, WANTED } from './on-demand-names.js';
import { until } from './until.js';

/** Returns what a server of the whole test run has answered in its folder; the first call starts it. */
export async function wantedServer<T extends object>(folder: string, limitMs = 100_000): Promise<T> {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, WANTED), '');
  const file = join(folder, STARTED);
  await until(() => existsSync(file), { limitMs });
  const answer = JSON.parse(readFileSync(file, 'utf8')) as T & { readonly error?: string };
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer;
}

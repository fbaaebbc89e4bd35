import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** The token of a cluster. `from`: where it was found, for people; null: nowhere. */
export type Token = { readonly text: string | null; readonly from: string | null };

/** Returns the token that Ray's own commands would send. It is read for each call, since files change while a sweep runs. */
export function readToken(env: NodeJS.ProcessEnv = process.env): Token {
  if (env.RAY_AUTH_MODE?.toLowerCase() === 'disabled') return { text: null, from: null };
  const given = env.RAY_AUTH_TOKEN?.trim();
  if (given) return { text: given, from: 'RAY_AUTH_TOKEN' };
  const path = env.RAY_AUTH_TOKEN_PATH || join(homedir(), '.ray', 'auth_token');
  try {
    return { text: readFileSync(path, 'utf8').trim() || null, from: path };
  } catch {
    return { text: null, from: null };
  }
}

import { HpoError } from '../../core/errors.js';
import { isMapping } from '../../core/mapping.js';
import { nodesOf } from './nodes.js';
import { type Answer, RayApi, saying } from './ray-api.js';
import type { Resources } from './request.js';
import { readToken } from './token.js';

export type ClusterInfo = { readonly version: string };

/** Returns why a cluster does not take the caller's token; null where it does. */
export function refusedToken(status: number): string | null {
  if (status !== 401 && status !== 403) return null;
  const { from } = readToken();
  return from === null
    ? 'it wants a token, and there is none in RAY_AUTH_TOKEN, in the file of RAY_AUTH_TOKEN_PATH or in ~/.ray/auth_token'
    : `it does not take the token from ${from}`;
}

/**
 * Returns what a cluster says of itself.
 * @throws HpoError executor.unreachable, executor.bad-token or executor.not-ray.
 */
export function versionIn({ address }: Pick<RayApi, 'address'>, answer: Answer): ClusterInfo {
  if (answer.kind === 'none')
    throw new HpoError('executor.unreachable', `expected Ray at ${address}, got ${answer.reason}`, {
      fix: 'start it, or correct executor.address or RAY_API_SERVER_ADDRESS; jobs that run are followed by the next call',
    });
  const refused = refusedToken(answer.status);
  if (refused !== null)
    throw new HpoError('executor.bad-token', `Ray at ${address} refuses the call: ${refused}`, {
      fix: 'set RAY_AUTH_TOKEN or RAY_AUTH_TOKEN_PATH to the token of the cluster (ray get-auth-token there)',
    });
  const version = answer.status === 200 ? versionOf(answer.text) : null;
  if (version !== null) return { version };
  throw new HpoError(
    'executor.not-ray',
    `expected the dashboard of Ray at ${address}, got ${saying(answer)}`,
    {
      fix: 'executor.address is the URL that `ray start --head` prints for jobs, such as http://head:8265',
    },
  );
}

function versionOf(text: string): string | null {
  try {
    const raw: unknown = JSON.parse(text);
    return isMapping(raw) && typeof raw.ray_version === 'string' ? raw.ray_version : null;
  } catch {
    return null;
  }
}

/**
 * Asks the cluster of an address who it is and what each of its nodes has; null where it does not say.
 * @throws HpoError executor.bad-address, executor.unreachable, executor.bad-token or executor.not-ray.
 */
export async function askCluster(
  address: string,
  limitMs: number,
): Promise<ClusterInfo & { readonly nodes: readonly Resources[] | null }> {
  const api = new RayApi(address);
  const info = versionIn(api, await api.ask('GET', '/api/version', { limitMs }));
  return { ...info, nodes: await nodesOf(api, limitMs) };
}

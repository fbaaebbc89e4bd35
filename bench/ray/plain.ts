import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RayVariables } from '../../scripts/real/ray.mjs';

const POLL_MS = 200;

/** Submits jobs by plain REST, all at once, and waits until all have succeeded. Resolves with the wall time in ms. */
export async function runPlain(cluster: RayVariables, jobs: number, entrypoint: string): Promise<number> {
  const startedAt = performance.now();
  const prefix = `plain-${Math.round(startedAt)}-`;
  for (let k = 0; k < jobs; k++)
    await ask(cluster, '/api/jobs/', { submission_id: `${prefix}${k}`, entrypoint, entrypoint_num_cpus: 1 });
  for (;;) {
    const all = (await ask(cluster, '/api/jobs/', null)) as {
      submission_id: string | null;
      status: string;
    }[];
    const own = all.filter(({ submission_id }) => submission_id?.startsWith(prefix));
    if (own.some(({ status }) => status === 'FAILED' || status === 'STOPPED'))
      throw new Error('a job of plain REST failed');
    if (own.filter(({ status }) => status === 'SUCCEEDED').length === jobs)
      return performance.now() - startedAt;
    await sleep(POLL_MS);
  }
}

function ask(cluster: RayVariables, path: string, body: unknown): Promise<unknown> {
  const token = readFileSync(cluster.RAY_AUTH_TOKEN_PATH, 'utf8');
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return new Promise((resolve, reject) => {
    const asked = request(
      `${cluster.RAY_API_SERVER_ADDRESS}${path}`,
      { method: body === null ? 'GET' : 'POST', headers },
      async (response) => {
        const parts: Buffer[] = [];
        for await (const part of response) parts.push(part as Buffer);
        const text = Buffer.concat(parts).toString();
        if (response.statusCode === 200) resolve(JSON.parse(text));
        else reject(new Error(`HTTP ${response.statusCode}: ${text}`));
      },
    );
    asked.on('error', reject);
    asked.end(body === null ? undefined : JSON.stringify(body));
  });
}

import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { afterAll, beforeAll, inject } from 'vitest';
import type { RayVariables } from '../../scripts/real/ray.mjs';
import { wantedServer } from './wanted-server.js';

/** The variables of the cluster of all tests, once it has started. The first call starts it. */
export function rayCluster(): Promise<RayVariables> {
  return wantedServer<RayVariables>(inject('rayFolder'));
}

/** Lets the tests of one file find the cluster by the environment of this process. */
export function useRay(): void {
  let names: string[] = [];
  beforeAll(async () => {
    const variables = await rayCluster();
    names = Object.keys(variables);
    Object.assign(process.env, variables);
  }, 120_000);
  afterAll(() => {
    for (const name of names) delete process.env[name];
  });
}

/** Asks the cluster itself. */
export function askRay(path: string, method = 'GET'): Promise<unknown> {
  const token = readFileSync(process.env.RAY_AUTH_TOKEN_PATH ?? '', 'utf8');
  return new Promise((resolve, reject) => {
    const asked = request(
      `${process.env.RAY_API_SERVER_ADDRESS}${path}`,
      { method, headers: { authorization: `Bearer ${token}` } },
      async (response) => {
        const parts: Buffer[] = [];
        for await (const part of response) parts.push(part as Buffer);
        resolve(JSON.parse(Buffer.concat(parts).toString()));
      },
    );
    asked.on('error', reject);
    asked.end();
  });
}

/** The jobs of a cluster whose id holds this text. */
export async function rayJobs(part: string): Promise<readonly { readonly submission_id: string }[]> {
  const jobs = (await askRay('/api/jobs/')) as { readonly submission_id: string | null }[];
  return jobs
    .map(({ submission_id }) => ({ submission_id: submission_id ?? '' }))
    .filter(({ submission_id }) => submission_id.includes(part));
}

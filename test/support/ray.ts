import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, inject } from 'vitest';
import type { RayVariables } from '../../scripts/real/ray.mjs';
import { STARTED, WANTED } from './ray-names.js';
import { until } from './until.js';

/** The variables of the cluster of all tests, once it has started. The first call starts it. */
export async function rayCluster(): Promise<RayVariables> {
  const folder = inject('rayFolder');
  writeFileSync(join(folder, WANTED), '');
  const file = join(folder, STARTED);
  await until(() => existsSync(file));
  const answer = JSON.parse(readFileSync(file, 'utf8')) as RayVariables & { readonly error?: string };
  if (answer.error !== undefined) throw new Error(answer.error);
  return answer;
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

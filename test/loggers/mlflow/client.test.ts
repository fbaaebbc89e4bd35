import { expect, onTestFinished, test } from 'vitest';
import { MlflowClient } from '../../../src/loggers/mlflow/client.js';
import { findTarget, type Target } from '../../../src/loggers/mlflow/target.js';
import { FakeMlflow } from './server.js';

async function client(password: string) {
  const server = await FakeMlflow.start();
  const warnings: string[] = [];
  const trackingUri = server.url.replace('//', `//me:${password}@`);
  const target = findTarget({ enabled: true, trackingUri, experiment: null }, {}) as Target;
  const made = new MlflowClient({ target, warn: (message) => warnings.push(message) });
  onTestFinished(() => made.http.stop());
  return { server, client: made, warnings };
}

test('ids that a server gives are used as they are, also where they have the password in them', async () => {
  const { server, client: made, warnings } = await client('1');
  expect(await made.experiment('e')).toBe('1');
  server.fault = () => ({ kind: 'echo', status: 403, as: 'json' });
  await expect(made.experiment('f')).rejects.toThrow('denies access');
  expect(warnings.join()).not.toContain('me:1');
});

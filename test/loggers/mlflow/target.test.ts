import { expect, test } from 'vitest';
import { makeRedact } from '../../../src/loggers/http/redact.js';
import { findTarget } from '../../../src/loggers/mlflow/target.js';

const options = { enabled: true, trackingUri: null, experiment: null };
const target = (uri: string, env = {}) => findTarget({ ...options, trackingUri: uri }, env);

test('the file has priority over the environment, and a missing section turns nothing on', () => {
  const env = { MLFLOW_TRACKING_URI: 'http://a:1/', MLFLOW_EXPERIMENT_NAME: 'e' };
  expect(findTarget(options, env)).toEqual({
    baseUrl: 'http://a:1',
    authorization: null,
    secrets: [],
    experiment: 'e',
  });
  expect(findTarget({ ...options, trackingUri: 'https://b/sub/', experiment: 'f' }, env)).toMatchObject({
    baseUrl: 'https://b/sub',
    experiment: 'f',
  });
  expect(findTarget(null, env)).toBeNull();
  expect(findTarget({ ...options, enabled: false }, env)).toBeNull();
});

const basic = (pair: string) => `Basic ${Buffer.from(pair).toString('base64')}`;

test.each([
  ['http://u%40x:p%3A1@h:5', {}, basic('u@x:p:1')],
  [
    'http://h',
    { MLFLOW_TRACKING_USERNAME: 'u', MLFLOW_TRACKING_PASSWORD: 'p', MLFLOW_TRACKING_TOKEN: 't' },
    basic('u:p'),
  ],
  ['http://h', { MLFLOW_TRACKING_TOKEN: ' t\n' }, 'Bearer t'],
  ['http://h', { MLFLOW_TRACKING_USERNAME: 'u' }, null],
])('credentials of %s with %j', (uri, env, authorization) => {
  expect(target(uri, env)).toMatchObject({ authorization });
  expect(target(uri, env)?.baseUrl).not.toContain('@');
});

test('a token in the place of the user is a secret', () => {
  const found = target('https://t0ken-of-mine@h');
  expect(found).toMatchObject({ authorization: basic('t0ken-of-mine:') });
  const shown = (found?.secrets ?? []).reduce(
    (text, secret) => makeRedact(secret)(text),
    'bad t0ken-of-mine',
  );
  expect(shown).toBe('bad [secret]');
});

test.each([
  ['file:///tmp/mlruns', /got one that begins with file:.*\n?.*mlflow server/s],
  ['sqlite:///mlflow.db', /got one that begins with sqlite:/],
  ['./mlruns', /got another text/],
  ['databricks', /got another text.*Databricks is not supported/s],
  ['databricks://profile', /got one that begins with databricks:.*Databricks is not supported/s],
  ['http://h/?secret=1', /got one with a query/],
])('the address %s is refused before the sweep begins', (uri, message) => {
  let error: unknown;
  try {
    target(uri);
  } catch (thrown) {
    error = thrown;
  }
  const said = `${(error as Error).message}\n${JSON.stringify(error)}`;
  expect(said).toMatch(message);
  expect(said).not.toContain('secret');
});

test('no address, and a token that no header can have', () => {
  expect(() => findTarget(options, {})).toThrow(
    'expected tracking_uri or MLFLOW_TRACKING_URI to name a server, got none',
  );
  expect(() => target('http://h', { MLFLOW_TRACKING_TOKEN: 'a b' })).toThrow(
    'expected MLFLOW_TRACKING_TOKEN to be one word',
  );
});

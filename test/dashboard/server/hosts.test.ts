import { request } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';
import { describe, expect, test } from 'vitest';
import { ask, type Served, served } from './harness.js';
import { databaseUrl } from './studies.js';

const statusFor = async (server: Served, Host: string) =>
  (await ask(server, { path: '/api/server', headers: { Host, Origin: null } })).status;
const external = Object.values(networkInterfaces())
  .flatMap((each) => each ?? [])
  .find(({ family, internal }) => family === 'IPv4' && !internal)?.address;

/** The status that another address of this machine answers. */
function statusAt(host: string, { port, cookie }: Served): Promise<number> {
  return new Promise((resolve, reject) => {
    const options = { host, port, path: '/api/server', headers: { Cookie: cookie }, agent: false };
    request(options, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('on every address of the machine', () => {
  test('its addresses and names are answered, and no name that a page elsewhere could point here', async () => {
    const server = await served(databaseUrl(), { host: '0.0.0.0' });
    expect(new URL(server.url).hostname).toBe(hostname().toLowerCase());
    for (const name of ['localhost', '127.0.0.1', '[::1]', hostname(), hostname().toUpperCase()])
      expect(await statusFor(server, `${name}:${server.port}`), name).toBe(200);
    for (const name of ['evil.example', `${hostname()}.evil.example`, '0.0.0.0', 'localhost.'])
      expect(await statusFor(server, `${name}:${server.port}`), name).toBe(403);
    for (const other of [`localhost:${server.port + 1}`, 'localhost', hostname()])
      expect(await statusFor(server, other), other).toBe(403);
  });

  test.skipIf(external === undefined)('another machine reaches it at its address', async () => {
    const server = await served(databaseUrl(), { host: '0.0.0.0' });
    expect(await statusAt(external as string, server)).toBe(200);
  });
});

test('names that were allowed are answered: with the port of the server, or with their own', async () => {
  const allowedHosts = ['GPU-box.example', 'localhost:9000', '[fd00::7]'];
  const server = await served(databaseUrl(), { allowedHosts });
  for (const host of [`gpu-box.example:${server.port}`, 'localhost:9000', `[fd00::7]:${server.port}`])
    expect(await statusFor(server, host), host).toBe(200);
  for (const host of [
    'gpu-box.example:9000',
    'gpu-box.example',
    'localhost:9001',
    `x.gpu-box.example:${server.port}`,
  ])
    expect(await statusFor(server, host), host).toBe(403);
});

test('a browser that may not ask is told what to do, in words and without a script', async () => {
  const server = await served(databaseUrl());
  const Accept = 'text/html,application/xhtml+xml;q=0.9,*/*;q=0.8';
  for (const [path, headers, status] of [
    ['/', { Cookie: null }, 401],
    ['/?token=<script>alert(1)</script>', { Cookie: null }, 401],
    ['/', { Host: `evil.example:${server.port}` }, 403],
    ['/<script>', {}, 404],
  ] as const) {
    const answer = await ask(server, { path: encodeURI(path), headers: { Accept, ...headers } });
    expect(answer.status).toBe(status);
    expect(answer.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(answer.headers['content-security-policy']).toContain("default-src 'self'");
    expect(answer.text).toContain('<h1>expected ');
    expect(answer.text).not.toMatch(/<script|alert/);
  }
  expect((await ask(server, { path: '/', headers: { Cookie: null } })).text).toContain('"dashboard.token"');
});

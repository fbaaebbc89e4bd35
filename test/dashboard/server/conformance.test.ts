import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { MAX_BODY_BYTES } from '../../../src/dashboard/server/http/body.js';
import { SECURITY_HEADERS } from '../../../src/dashboard/server/http/security.js';
import type { Route } from '../../../src/dashboard/server/routes/route.js';
import { ROUTES } from '../../../src/dashboard/server/routes/table.js';
import { type Answered, type Asked, ask, type Served, sendRaw, served } from './harness.js';
import { databaseUrl, makeStudy } from './studies.js';

/** What stands for the names in the patterns. */
const PARTS: Readonly<Record<string, string>> = {
  study: 'study',
  trial: '0',
  file: 'app.js',
  control: 'pause',
};

function pathOf({ path }: Route, parts: Readonly<Record<string, string>> = {}): string {
  return path.replaceAll(/:(\w+)/g, (_, name: string) => parts[name] ?? PARTS[name] ?? name);
}

/** A request that the route answers. The event stream has no end, so it is asked for its headers. */
function asked(route: Route, parts: Readonly<Record<string, string>> = {}): Asked {
  const path = pathOf(route, parts);
  if (route.path === '/api/events') return { method: 'HEAD', path };
  const confirm = decodeURIComponent(parts.study ?? 'study');
  const body = route.path.endsWith('/delete')
    ? JSON.stringify({ confirm })
    : route.path.endsWith('/rename')
      ? '{"name": "study"}'
      : '{}';
  return route.method === 'POST' ? { method: 'POST', path, body } : { path };
}

async function serving(readOnly = false): Promise<Served> {
  const url = databaseUrl();
  await makeStudy(url, { trials: 1 });
  return served(url, { readOnly });
}

/** What every answer has, whatever was asked. */
function expectSafe({ headers, text }: Answered): void {
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) {
    const isStream = headers['content-type']?.startsWith('text/event-stream');
    if (name === 'X-Content-Type-Options' && isStream) continue;
    if (name === 'Cache-Control' && headers.etag !== undefined) continue;
    expect(headers[name.toLowerCase()], name).toBe(value);
  }
  expect(headers['access-control-allow-origin']).toBeUndefined();
  expect(text).not.toMatch(/\n\s+at |node:internal|\.ts:\d|\.js:\d/);
}

function expectRefused(answered: Answered, status: number, code: string): void {
  expectSafe(answered);
  expect({ status: answered.status, text: answered.text }).toMatchObject({ status });
  const { error } = JSON.parse(answered.text) as { error: Record<string, unknown> };
  expect(Object.keys(error)).toEqual(['code', 'message', 'fix']);
  expect(error.code).toBe(code);
}

const OTHER_HOSTS = [
  'evil.example',
  'evil.example:80',
  '127.0.0.1',
  '127.0.0.1:1',
  '127.0.0.1.evil.example:{port}',
];

// Deleting comes last in the table, so that each route finds the study.
test.each(ROUTES)('$method $path', async (route) => {
  const server = await serving();
  const request = asked(route);
  const send = (more: Partial<Asked>) => ask(server, { ...request, ...more });

  for (const headers of [{ Cookie: null }, { Cookie: 'hpo=x' }, { Cookie: server.cookie.slice(0, -1) }])
    await expectOf(send({ headers }), 401, 'dashboard.token');
  for (const token of ['', 'x', server.token.slice(1), `${server.token}x`, `${server.token}&token=x`])
    await expectOf(send({ path: `${request.path}?token=${token}` }), 401, 'dashboard.token');

  for (const host of OTHER_HOSTS) {
    const Host = host.replace('{port}', String(server.port));
    await expectOf(send({ headers: { Host } }), 403, 'dashboard.host');
  }

  const origins = [
    'null',
    'http://evil.example',
    `https://${server.host}`,
    'http://127.0.0.1',
    `http://127.0.0.1:${server.port + 1}`,
    `http://localhost:${server.port}`,
    `${server.origin}/`,
    `${server.origin}.evil.example`,
  ];
  for (const Origin of origins) await expectOf(send({ headers: { Origin } }), 403, 'dashboard.origin');

  if (route.method === 'POST') {
    await expectOf(send({ headers: { Origin: null } }), 403, 'dashboard.origin');
    for (const type of [null, 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])
      await expectOf(send({ headers: { 'Content-Type': type } }), 415, 'dashboard.content-type');
    await expectOf(send({ headers: { 'Content-Encoding': 'gzip' } }), 415, 'dashboard.content-type');
    for (const body of ['', '[]', '"x"', 'null', '{', '{"a": "\u0000'])
      await expectOf(send({ body }), 400, 'dashboard.body');
    await expectOf(send({ body: Buffer.from([0x7b, 0xff, 0x7d]) }), 400, 'dashboard.body');
    const large = `{"text": "${'x'.repeat(MAX_BODY_BYTES)}"}`;
    await expectOf(send({ body: large }), 413, 'dashboard.body');
  }

  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS', route.method === 'GET' ? 'POST' : 'GET']) {
    const headers = { Origin: server.origin, 'Content-Type': 'application/json', 'Content-Length': '2' };
    const answered = await send({ method, headers, body: '{}' });
    expectSafe(answered);
    expect(answered.status, method).toBe(405);
    expect(answered.headers.allow?.split(', ')).toContain(route.method);
  }

  if (route.path.includes(':study'))
    for (const study of [
      'none',
      '..',
      '%2e%2e%2fx',
      'a%2Fb',
      '%00',
      '%F0%9F%98%80',
      '%3Cscript%3E',
      '%5C..%5C',
    ]) {
      const answered = await ask(server, asked(route, { study }));
      expectSafe(answered);
      if (route.path.startsWith('/api')) expect(answered.status, study).toBe(404);
    }

  // What the page itself asks for is answered, by the cookie and by the token.
  const wishes: readonly Partial<Asked>[] = [
    {},
    { headers: { Origin: server.origin } },
    { headers: { Cookie: null }, path: `${request.path}?token=${server.token}` },
  ];
  for (const wanted of wishes) {
    const answered = await send(wanted);
    expectSafe(answered);
    // It is gone after the first time.
    const isAgain = route.path.endsWith('/delete') && wanted !== wishes[0];
    expect({ status: answered.status, text: answered.text }).toMatchObject({ status: isAgain ? 404 : 200 });
    const cookie = answered.headers['set-cookie'];
    if ('path' in wanted) expect(cookie).toEqual([`${server.cookie}; HttpOnly; SameSite=Strict; Path=/`]);
    else expect(cookie).toBeUndefined();
  }
});

async function expectOf(answered: Promise<Answered>, status: number, code: string): Promise<void> {
  const found = await answered;
  // The answer to a HEAD has no body.
  if (found.text === '') expect(found.status).toBe(status);
  else expectRefused(found, status, code);
}

test('a page that only shows refuses everything that changes something, and answers the rest', async () => {
  const server = await serving(true);
  for (const route of ROUTES) {
    const answered = await ask(server, asked(route));
    expectSafe(answered);
    if (route.changes) expectRefused(answered, 403, 'dashboard.read-only');
    else expect(answered.status).toBe(200);
  }
  expect(ROUTES.filter(({ method }) => method === 'POST').every(({ changes }) => changes)).toBe(true);
});

test('a HEAD answers like a GET, without a body', async () => {
  const server = await serving();
  for (const route of ROUTES.filter(({ method, path }) => method === 'GET' && path !== '/api/events')) {
    const [get, head] = await Promise.all([
      ask(server, asked(route)),
      ask(server, { ...asked(route), method: 'HEAD' }),
    ]);
    expect(head.text).toBe('');
    expect(head.status).toBe(get.status);
    for (const name of ['content-type', 'content-length', 'etag'])
      expect(head.headers[name]).toBe(get.headers[name]);
  }
});

const PATHS = [
  '/assets/..%2f..%2fpackage.json',
  '/assets/../index.html',
  '/assets/%2e%2e/%2e%2e/etc/passwd',
  '/assets/..\\..\\etc\\passwd',
  '/assets/app.js%00.html',
  '/assets/%00',
  '/assets/',
  '/assets/notes.txt',
  '/assets/.',
  '/assets//app.js',
  '//etc/passwd',
  '/%2e%2e/%2e%2e/etc/passwd',
  '/..',
  '/api/studies/study/../../server',
  '/api/studies//columns',
  '/favicon.ico',
  '/__proto__',
  '/api/studies/study/trials/-1',
  '/api/studies/study/trials/1e3',
  '/api/studies/study/trials/99',
  '/api/studies/study/trials/99999999999999999999',
  '/api/studies/study/trials/0/log?attempt=7',
  '/api/studies/study/importance?metric=none',
];

test.each(PATHS)('%s is not found', async (path) => {
  const answered = await ask(await serving(), { path });
  expectSafe(answered);
  expect({ status: answered.status, text: answered.text }).toMatchObject({ status: 404 });
});

test.each([
  '/%',
  '/%ff',
  '/api/studies/%c3%28',
  '/api/studies/study/columns?since=x',
  '/api/studies/study/trials/0/log?from=1.5',
])('%s is malformed', async (path) => {
  const answered = await ask(await serving(), { path });
  expectSafe(answered);
  expect(answered.status).toBe(400);
});

test('a request to a whole URL, a broken one and one with a huge header are refused', async () => {
  const server = await serving();
  const head = `Host: ${server.host}\r\nCookie: ${server.cookie}\r\nConnection: close\r\n`;
  expect(await sendRaw(server, `GET http://evil.example/ HTTP/1.1\r\n${head}\r\n`)).toContain(' 400 ');
  expect(await sendRaw(server, `GET /${'x'.repeat(9_000)} HTTP/1.1\r\n${head}\r\n`)).toContain(' 414 ');
  expect(await sendRaw(server, 'nonsense\r\n\r\n')).toContain(' 400 ');
  expect(await sendRaw(server, `GET / HTTP/1.1\r\n${head}X: ${'x'.repeat(40_000)}\r\n\r\n`)).toContain(
    ' 431 ',
  );
  const twice = `GET / HTTP/1.1\r\nHost: ${server.host}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`;
  expect(await sendRaw(server, twice)).toMatch(/ 40[0-9] /);
  expect(await sendRaw(server, 'GET / HTTP/1.1\r\nConnection: close\r\n\r\n')).toContain(' 400 ');
  expect(await sendRaw(server, `GET /?token=${server.token} HTTP/1.0\r\n\r\n`)).toContain(' 403 ');
  expect((await ask(server, { path: '/' })).status).toBe(200);
});

test('the documentation lists every route with its summary', () => {
  const page = readFileSync(new URL('../../../docs/dashboard.md', import.meta.url), 'utf8');
  for (const { method, path, summary } of ROUTES)
    expect(page).toContain(`| \`${method} ${path}\` | ${summary} |`);
});

import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

const text =
  (status: number, body: string, type = 'text/html'): RequestListener =>
  (_, response) =>
    response.writeHead(status, { 'content-type': type }).end(body);

/** An answer of JSON. */
export const json = (status: number, data: object) => text(status, JSON.stringify(data), 'application/json');

/** Servers by what is wrong with them, whatever the service; null: nobody listens. */
export const BROKEN = {
  'is down': null,
  'never answers': () => {},
  'answers without an end': (_, response) => {
    const more = () => response.write('x'.repeat(64 * 1024), () => setImmediate(more));
    if (!response.destroyed) more();
  },
  'is another program': text(200, '<p>hello</p>'),
  'is another API': json(200, { hello: 1 }),
  'knows no such address': text(404, 'not here'),
  redirects: (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
  'refuses a login': (request, response) =>
    json(401, { message: `bad ${request.headers.authorization}` })(request, response as never),
  fails: json(500, { error_code: 'INTERNAL_ERROR', message: 'down' }),
  'wants a pause of an hour': (_, response) => response.writeHead(429, { 'retry-after': '3600' }).end(),
} as const satisfies Readonly<Record<string, RequestListener | null>>;

/** Starts a server that ends with the test, and returns its address. */
export async function startBroken(listener: RequestListener | null): Promise<string> {
  const server = createServer(listener ?? (() => {}));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  if (listener === null) close();
  else onTestFinished(close);
  return `http://127.0.0.1:${port}`;
}

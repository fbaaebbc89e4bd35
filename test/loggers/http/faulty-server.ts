import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { onTestFinished } from 'vitest';

/** What the server does with a request instead of answering it. `late` ones are taken first, and then go wrong. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  | { readonly kind: 'reset' }
  | { readonly kind: 'reset-late' }
  | { readonly kind: 'status-late'; readonly status: number }
  | { readonly kind: 'slow'; readonly ms: number }
  /** Is answered when this resolves. */
  | { readonly kind: 'held'; readonly until: Promise<void> }
  /** Says what it was sent as its address and its authorization, in several forms. */
  | { readonly kind: 'echo'; readonly status: number; readonly as: 'json' | 'text' | 'graphql' }
  /** Answers without an end, with compression as `encoding` names it. */
  | { readonly kind: 'endless'; readonly status: number; readonly encoding: 'identity' | 'gzip' };

export type Request = { readonly path: string; readonly body: string };

/** A server of a service, which answers some requests with a fault. */
export abstract class FaultyServer {
  readonly mistakes: string[] = [];
  readonly requests: Request[] = [];
  /** Decides what becomes of the request with this number, from 0. */
  fault: (number: number, request: Request) => Fault | null = () => null;
  /** Endless answers whose reader has gone. */
  floodsEnded = 0;
  readonly #server: Server;

  constructor() {
    this.#server = createServer((request, response) => {
      this.#take(request, response).catch((error: unknown) => this.mistakes.push(String(error)));
    });
  }

  /** Listens on the loopback address; ends with the test. */
  async listen(port = 0): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(port, '127.0.0.1', resolve));
    onTestFinished(() => this.stop());
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  stop(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  /** Answers a request that meets no fault. */
  abstract answer(request: IncomingMessage, taken: Request): readonly [status: number, answer: object];

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const taken = { path: request.url ?? '', body: Buffer.concat(chunks).toString('utf8') };
    const fault = this.fault(this.requests.length, taken);
    this.requests.push(taken);
    if (fault?.kind === 'reset') return void request.socket.destroy();
    if (fault?.kind === 'slow') await new Promise((resolve) => setTimeout(resolve, fault.ms));
    if (fault?.kind === 'held') await fault.until;
    if (fault?.kind === 'status') return end(response, fault.status, { error: 'a fault' }, fault.headers);
    if (fault?.kind === 'echo') return echo(response, request, fault);
    if (fault?.kind === 'endless') return void this.#flood(response, fault);
    const [status, answer] = this.answer(request, taken);
    if (fault?.kind === 'reset-late') return void request.socket.destroy();
    if (fault?.kind === 'status-late') return end(response, fault.status, { error: 'a fault' });
    end(response, status, answer);
  }

  #flood(response: ServerResponse, { status, encoding }: Extract<Fault, { kind: 'endless' }>): void {
    response.writeHead(status, encoding === 'gzip' ? { 'content-encoding': 'gzip' } : {});
    const zeros = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(64 * 1024, ' ');
      })(),
    );
    const through = encoding === 'gzip' ? [zeros, createGzip(), response] : [zeros, response];
    pipeline(through, () => {
      this.floodsEnded++;
    });
  }

  /** A request that breaks the protocol. */
  protected mistake(what: string): [number, object] {
    this.mistakes.push(what);
    return [400, { error: what }];
  }
}

function end(response: ServerResponse, status: number, answer: object, headers = {}): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(answer));
}

/** As servers and proxies do that quote a bad request. */
function echo(
  response: ServerResponse,
  { headers: { authorization = '' }, url = '' }: IncomingMessage,
  { status, as }: Extract<Fault, { kind: 'echo' }>,
) {
  const encoded = authorization.replace('Basic ', '');
  const pair = Buffer.from(encoded, 'base64').toString();
  const key = pair.replace('api:', '');
  const said = [
    `bad ${authorization} for ${url.split(/[?=]/).join(' ')}`,
    pair,
    `key=${encodeURIComponent(key)}`,
    encodeURIComponent(authorization),
    Buffer.from(key).toString('base64'),
    Buffer.from(key).toString('hex'),
    `begins with ${key.slice(0, Math.ceil(key.length / 2))}...`,
    key.toUpperCase(),
  ].join('; ');
  if (as === 'json') return end(response, status, { error: said });
  if (as === 'graphql') return end(response, status, { errors: [{ message: said }], data: null });
  response.writeHead(status, { 'content-type': 'text/html' });
  response.end(`<p>${said}</p>`);
}

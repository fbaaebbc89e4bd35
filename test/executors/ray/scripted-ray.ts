import { createServer, type Server } from 'node:http';
import { onTestFinished } from 'vitest';

/** What a scripted cluster says of every job that was submitted. Null: it does not know it. */
export type Said = { readonly [key: string]: unknown } | null;

/** A cluster that answers as Ray does, for what a real one does only after a long time. */
export class ScriptedRay {
  says: Said = { status: 'PENDING', message: '' };
  submitted = 0;
  /** The log of every job, as the agent of its node has it. */
  log = '';
  /** All jobs that it knows, of anybody. */
  listed: readonly Said[] = [];
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(): Promise<ScriptedRay> {
    const server = createServer();
    const ray = new ScriptedRay(server);
    server.on('request', (request, response) => {
      const path = request.url ?? '';
      if (request.method === 'POST' && path === '/api/jobs/') ray.submitted++;
      request.resume();
      if (path.startsWith('/api/v0/logs/')) return response.end(ray.log);
      const id = /^\/api\/jobs\/([^/]+)/.exec(path)?.[1];
      const answer =
        path === '/api/version'
          ? { ray_version: '2.60.0' }
          : id === undefined
            ? request.method === 'GET'
              ? ray.listed
              : {}
            : ray.says && { submission_id: id, ...ray.says };
      response.writeHead(answer === null ? 404 : 200).end(JSON.stringify(answer));
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    return ray;
  }

  get address(): string {
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }
}

import { connect, createServer, type Server, type Socket } from 'node:net';

/** What becomes of the next message of a client that holds a text. */
type Cut = { readonly at: string; readonly delivers: boolean; readonly commits: boolean };

/** The tag of an answer to a commit. */
const ENDED = /(?:COMMIT|ROLLBACK)\0/;

/** A network between hpo and a server, which can be cut. */
export class CuttingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #cut: Cut | null = null;
  #down = false;
  cuts = 0;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(target: number): Promise<CuttingProxy> {
    const server = createServer();
    const proxy = new CuttingProxy(server);
    server.on('connection', (client) => proxy.#join(client, target));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as { port: number }).port;
  }

  /**
   * Cuts the connection of whoever sends this text next. `delivers`: the server still gets the message, and its answer is lost.
   * `commits`: a commit follows, which may be in a message of its own.
   */
  cutAt(
    at: string,
    { delivers, commits = false }: { readonly delivers: boolean; readonly commits?: boolean },
  ): void {
    this.#cut = { at, delivers, commits };
  }

  /** Refuses everybody, until it is up again. */
  goDown(): void {
    this.#down = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  comeUp(): void {
    this.#down = false;
  }

  close(): void {
    this.goDown();
    this.#server.close();
  }

  #join(client: Socket, target: number): void {
    if (this.#down) return void client.destroy();
    const server = connect(target, '127.0.0.1');
    /** What the server has answered since the cut. */
    let unheard: string | null = null;
    let awaited = /^/;
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.on('error', () => {});
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
    }
    client.on('data', (data) => {
      const cut = this.#cut;
      if (cut === null || !data.includes(cut.at)) return void server.write(data);
      this.#cut = null;
      this.cuts += 1;
      unheard = '';
      // The server gives up once it cannot answer: a commit behind other statements must have its answer first.
      if (cut.commits || data.includes('COMMIT')) awaited = ENDED;
      if (cut.delivers) server.write(data);
      else client.destroy();
    });
    server.on('data', (data) => {
      if (unheard === null) return void client.write(data);
      unheard += data.toString('latin1');
      if (awaited.test(unheard)) client.destroy();
    });
  }
}

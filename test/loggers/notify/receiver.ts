import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { FaultyServer, type Request } from '../http/faulty-server.js';

/** A server that receives notifications. */
export class Receiver extends FaultyServer {
  readonly bodies: string[] = [];
  readonly headers: IncomingHttpHeaders[] = [];
  /** Called for each body; where it throws, the server answers with 400. */
  received: (body: string) => void = () => {};

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    await receiver.listen();
    return receiver;
  }

  get notifications(): Record<string, unknown>[] {
    return this.bodies.map((body) => JSON.parse(body) as Record<string, unknown>);
  }

  answer({ headers }: IncomingMessage, { body }: Request): [number, object] {
    try {
      this.received(body);
    } catch {
      return [400, { error: 'no space' }];
    }
    this.bodies.push(body);
    this.headers.push(headers);
    return [200, {}];
  }
}

// A service that collects events. It answers when an event is on the disk, where events are in zipped batches.
import { open } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const zip = promisify(gzip);

/** A batch is written once it has `batch` events, or `waitMs` after its first one; `level` is that of gzip. */
export type Settings = { batch: number; waitMs: number; level: number };

export async function startService(file: string, first: Settings) {
  const log = await open(file, 'a');
  const written = { events: 0, bytes: 0 };
  let settings = first;
  let waiting: { event: string; done: (error?: Error) => void }[] = [];
  let timer: NodeJS.Timeout | undefined;
  let last: Promise<void> = Promise.resolve();

  const server = createServer({ keepAliveTimeout: 60_000 }, async (request, response) => {
    let event = '';
    for await (const chunk of request) event += chunk;
    waiting.push({ event, done: (error) => response.writeHead(error ? 500 : 200).end() });
    if (waiting.length >= settings.batch) write();
    else timer ??= setTimeout(write, settings.waitMs);
  });

  /** Writes what waits, when the batch before is on the disk. */
  function write() {
    clearTimeout(timer);
    timer = undefined;
    const batch = waiting;
    waiting = [];
    last = last.then(async () => {
      try {
        const bytes = await zip(batch.map(({ event }) => event).join('\n'), { level: settings.level });
        await log.write(bytes);
        await log.datasync();
        written.events += batch.length;
        written.bytes += bytes.length;
        for (const { done } of batch) done();
      } catch (error) {
        for (const { done } of batch) done(error as Error);
      }
    });
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    written,
    configure: (next: Settings) => {
      settings = next;
    },
    async close() {
      await new Promise((resolve) => server.close(resolve));
      await last;
      await log.close();
    },
  };
}

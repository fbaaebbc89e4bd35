// Sends events to the service, as its clients do.
import { Agent, request } from 'node:http';

/** Sends `count` events by `clients` at once. Returns how long each one took, and all of them together. */
export async function sendEvents({ port, clients, count }: { port: number; clients: number; count: number }) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const tookMs: number[] = [];
  const start = performance.now();
  let sent = 0;
  const client = async () => {
    while (sent < count) tookMs.push(await send(port, agent, sent++));
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
  return { seconds: (performance.now() - start) / 1000, tookMs: tookMs.sort((a, b) => a - b) };
}

function send(port: number, agent: Agent, k: number): Promise<number> {
  const event = {
    user: (k * 7919) % 1000,
    page: `/products/${(k * 31) % 200}`,
    referrer: 'search',
    agent: 'Mozilla/5.0',
  };
  const start = performance.now();
  return new Promise((resolve, reject) => {
    const posted = request({ port, host: '127.0.0.1', method: 'POST', agent }, (response) => {
      response.resume().on('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - start);
        else reject(new Error(`the service answered ${response.statusCode}`));
      });
    });
    posted.on('error', reject).end(JSON.stringify(event));
  });
}

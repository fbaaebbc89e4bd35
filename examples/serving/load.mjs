// Measures a server of language models: node load.mjs [--clients N] [--requests N] -- COMMAND... with {port} where it wants one.
// It starts the server, waits until it is ready, warms it up, sends requests, and prints METRIC lines.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { parseArgs } from 'node:util';

const { values, positionals: command } = parseArgs({
  allowPositionals: true,
  options: {
    clients: { type: 'string', default: '24' }, // requests at once
    requests: { type: 'string', default: '28' },
    model: { type: 'string', default: 'model' },
    'ready-within-s': { type: 'string', default: '30' },
  },
});
const port = await freePort();
const [program, ...args] = command.map((arg) => arg.replaceAll('{port}', port));
const server = spawn(program, args, { stdio: 'inherit' });
const exit = once(server, 'exit');
try {
  await ready();
  await load(4); // warm-up: compilation, caches
  const { seconds, results } = await load(Number(values.requests));
  const tokens = results.reduce((sum, result) => sum + result.tokens, 0);
  const first = p95(results.map(({ firstMs }) => firstMs));
  const next = p95(results.map(({ nextMs }) => nextMs));
  console.log(
    `METRIC tokens_per_s=${(tokens / seconds).toFixed(1)} p95_first_ms=${first} p95_next_ms=${next}`,
  );
} finally {
  server.kill();
  await exit; // the next trial needs its memory
}

/** Waits until the server is ready. */
async function ready() {
  const end = Date.now() + 1000 * Number(values['ready-within-s']);
  for (;;) {
    if (server.exitCode !== null) throw new Error('the server ended');
    if (Date.now() > end) throw new Error('the server is not ready');
    const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Sends requests, so many at once, each client its next one when the last one has its answer. */
async function load(count) {
  const results = [];
  let sent = 0;
  const start = performance.now();
  const client = async () => {
    while (sent < count) results.push(await complete(sent++));
  };
  await Promise.all(Array.from({ length: Number(values.clients) }, client));
  return { seconds: (performance.now() - start) / 1000, results };
}

/** Sends one request of the OpenAI API, and measures its first token and the mean time of each token after it. */
async function complete(k) {
  const start = performance.now();
  const tokens = 8 + ((k * 7) % 17); // the same lengths in every trial
  const words = Array(200 + ((k * 89) % 500)).fill('word');
  const response = await fetch(`http://127.0.0.1:${port}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: values.model,
      prompt: `${start} ${words.join(' ')}`, // no two begin alike: caches of prefixes would answer them
      max_tokens: tokens,
      ignore_eos: true, // so that the answer has that many
      stream: true,
    }),
  });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  let firstMs = 0;
  for await (const _ of response.body) firstMs ||= performance.now() - start;
  return { tokens, firstMs, nextMs: (performance.now() - start - firstMs) / (tokens - 1) };
}

function p95(values) {
  return values.sort((a, b) => a - b)[Math.ceil(values.length * 0.95) - 1].toFixed(2);
}

/** Returns a port that is free now. */
function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(String(port)));
    });
  });
}

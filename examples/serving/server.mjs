// Stands for a server of language models: it has the port, the API and three flags of one, and takes as long for a step as its batch
// makes it. It batches continuously: each step generates a token for every running request, and reads prompts of new ones.
import { createServer } from 'node:http';
import { parseArgs } from 'node:util';

const number = { type: 'string' };
const { values: flags } = parseArgs({
  options: {
    port: { ...number, default: '0' },
    'max-num-seqs': { ...number, default: '256' },
    'max-num-batched-tokens': { ...number, default: '2048' },
    'gpu-memory-utilization': { ...number, default: '0.9' },
  },
});
const maxRunning = Number(flags['max-num-seqs']);
const maxPromptTokens = Number(flags['max-num-batched-tokens']);
const memory = Number(flags['gpu-memory-utilization']);
if (memory > 0.94) {
  console.error('out of memory'); // the activations have no place
  process.exit(1);
}
const cacheTokens = 40_000 * (memory - 0.5); // half of the memory holds the weights

const waiting = [];
const running = [];
let work = () => {};
let steps = 0;

const server = createServer(async (request, response) => {
  if (request.url === '/health') return response.end();
  let body = '';
  for await (const chunk of request) body += chunk;
  const { prompt, max_tokens: tokensLeft } = JSON.parse(body);
  const promptTokens = prompt.split(' ').length;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  waiting.push({ response, tokensLeft, promptLeft: promptTokens, size: promptTokens + tokensLeft });
  work();
});
server.listen(Number(flags.port), '127.0.0.1', () => console.log(`listening on ${server.address().port}`));

for (;;) {
  if (waiting.length + running.length === 0)
    await new Promise((resolve) => {
      work = resolve;
    });
  await step();
}

async function step() {
  const used = () => running.reduce((sum, { size }) => sum + size, 0);
  while (waiting.length > 0 && running.length < maxRunning && used() + waiting[0].size <= cacheTokens)
    running.push(waiting.shift());
  let free = maxPromptTokens;
  const generating = running.filter(({ promptLeft }) => promptLeft === 0);
  for (const each of running) {
    const read = Math.min(free, each.promptLeft);
    each.promptLeft -= read;
    free -= read;
  }
  const cold = steps++ < 10 ? 2 : 1; // the first steps compile
  const prompt = maxPromptTokens - free;
  const ms = 4 + 0.3 * generating.length + 0.008 * prompt + prompt ** 2 / 250_000;
  await new Promise((resolve) => setTimeout(resolve, cold * ms));
  for (const each of generating) {
    each.tokensLeft -= 1;
    each.response.write(`data: ${JSON.stringify({ choices: [{ text: ' token' }] })}\n\n`);
    if (each.tokensLeft > 0) continue;
    each.response.end('data: [DONE]\n\n');
    running.splice(running.indexOf(each), 1);
  }
}

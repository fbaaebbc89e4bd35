import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as pass } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Measured, Search } from './program.js';

/** How a program did, and how long its server took to answer each request. */
export type Run = Measured & { readonly answersMs: readonly number[] };

const PROGRAM = fileURLToPath(new URL('./program.ts', import.meta.url));
const BETWEEN_MS = 5;

/** Runs a search in a process with a server, and asks that server all the time. Null: the server alone. */
export async function measure(search: Search | null): Promise<Run> {
  const child = spawn(process.execPath, ['--import', 'tsx', PROGRAM, JSON.stringify(search)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const port = Number((await lines.next()).value);
  let isOver = false;
  const answersMs = askUntil(port, () => isOver);
  child.stdin.write('begin\n');
  const measured = JSON.parse((await lines.next()).value ?? 'null') as Measured;
  isOver = true;
  const run = { ...measured, answersMs: await answersMs };
  child.stdin.end();
  await ended;
  return run;
}

async function askUntil(port: number, isOver: () => boolean): Promise<readonly number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const times: number[] = [];
  while (!isOver()) {
    times.push(await ask(port, agent));
    await pass(BETWEEN_MS);
  }
  agent.destroy();
  return times;
}

function ask(port: number, agent: Agent): Promise<number> {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, agent }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(performance.now() - begun));
    }).once('error', reject);
  });
}

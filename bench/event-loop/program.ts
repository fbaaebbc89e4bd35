import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pass } from 'node:timers/promises';
import { float, type Params } from '../../src/core/distribution.js';
import { makeSpace } from '../../src/core/space.js';
import { plainSpec, type StudySpec } from '../../src/core/spec.js';
import type { FunctionTrial } from '../../src/executors/function/trial.js';
import { makeStudy } from '../../src/library/study.js';
import type { Study } from '../../src/library/types.js';
import { openStorage } from '../../src/storage/open.js';
import { createStudy } from '../../src/study/open-study.js';
import { WORKER_THREADS } from '../../src/threads/worker-thread.js';

/** A search beside a server: `node program.ts JSON`. */
export type Search = {
  readonly sampler: string;
  readonly trials: number;
  readonly concurrency: number;
  readonly floats: number;
  /** Steps of a trial that the scheduler auto may pause; null: an objective without steps. */
  readonly steps: number | null;
  readonly inThread: boolean;
};

type Spread = { readonly p50: number; readonly p99: number; readonly longest: number };

export type Measured = {
  /** How late the event loop was, by `monitorEventLoopDelay`; it counts other programs on a busy machine. */
  readonly delayMs: Spread;
  /** CPU time of the main thread in each turn, which other programs hardly change; null where the system does not tell. */
  readonly busyMs: Spread | null;
  readonly seconds: number;
  /** Of all threads. */
  readonly cpuSeconds: number;
};

const QUIET_MS = 5000;

const lossOf = (params: Params) =>
  Object.values(params).reduce((sum: number, x, k) => sum + (1 + (k % 3)) * (x as number) ** 2, 0);

/** Ends after 20 to 60 ms, as a call of another service might. */
async function objective(trial: FunctionTrial<object>): Promise<number> {
  await pass(20 + ((trial.number * 7) % 41));
  return lossOf(trial.params as Params);
}

/** Reports a step every 2 ms, and saves what the next attempt continues from. */
async function stepping(trial: FunctionTrial<object>): Promise<number> {
  const loss = lossOf(trial.params as Params);
  const last = trial.targetStep ?? 30;
  for (let step = trial.startStep + 1; step <= last; step++) {
    await pass(2);
    await trial.report(loss + 30 / step, step);
  }
  await trial.checkpoint.save({ loss });
  return loss + 1;
}

async function makeSearch({ sampler, floats, steps, inThread }: Search): Promise<Study<object, string>> {
  const names = Array.from({ length: floats }, (_, k) => `x${k}`);
  const space = makeSpace(names.map((name) => ({ name, distribution: float(-5, 5) })));
  const spec: StudySpec = {
    ...plainSpec([{ metric: 'loss', direction: 'minimize', reduce: 'last' }], space),
    sampler: { name: sampler, options: {} },
    ...(steps !== null && { scheduler: { name: 'auto', options: {} }, maxSteps: steps }),
  };
  const storage = await openStorage('memory:');
  const threads = inThread ? WORKER_THREADS : null;
  const study = await createStudy(storage, { name: 'search', spec, seed: 1, nowMs: 0, threads });
  return makeStudy(study)(() => storage.close());
}

/** Samples what the main thread computes from one turn of a timer to the next. */
function watchTurns(): () => Spread | null {
  if (process.platform !== 'linux') return () => null;
  const cpuMs = () => Number(readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ')[0]) / 1e6;
  const turns: number[] = [];
  let before = cpuMs();
  const timer = setInterval(() => {
    const now = cpuMs();
    turns.push(now - before);
    before = now;
  }, 1);
  return () => {
    clearInterval(timer);
    turns.sort((a, b) => a - b);
    const at = (share: number) => turns[Math.floor(share * (turns.length - 1))] ?? 0;
    return { p50: at(0.5), p99: at(0.99), longest: at(1) };
  };
}

async function main(search: Search | null): Promise<void> {
  const server = createServer((_, answer) => answer.end('ok'));
  server.keepAliveTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const study = search && (await makeSearch(search));
  console.log((server.address() as AddressInfo).port);
  // The client says when it has begun.
  await new Promise((resolve) => process.stdin.once('data', resolve));
  const [cpu, wall] = [process.cpuUsage(), performance.now()];
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const busy = watchTurns();
  if (study === null || search === null) await pass(QUIET_MS);
  else {
    const { trials, concurrency, steps } = search;
    await study.optimize(steps === null ? objective : stepping, { trials, concurrency });
  }
  delay.disable();
  const busyMs = busy();
  const { user, system } = process.cpuUsage(cpu);
  const measured: Measured = {
    delayMs: { p50: delay.percentile(50) / 1e6, p99: delay.percentile(99) / 1e6, longest: delay.max / 1e6 },
    busyMs,
    seconds: (performance.now() - wall) / 1000,
    cpuSeconds: (user + system) / 1e6,
  };
  console.log(JSON.stringify(measured));
  // The client has its last answer then.
  await new Promise((resolve) => process.stdin.once('end', resolve).resume());
  await study?.close();
  server.close();
  server.closeAllConnections();
}

await main(JSON.parse(process.argv[2] ?? 'null') as Search | null);

/**
 * The whole idea of hpo in one file that needs nothing but Node:
 *
 *   npx tsx examples/pocket.ts [FOLDER] [TRIALS]
 *
 * It asks a sampler for a configuration, runs a trainer with it, reads the METRIC lines that the trainer prints, stops
 * the trials that fall behind, and stores what happens. Kill it at any moment, even with `kill -9`, and type the same
 * command again: it reattaches to the trainers that still run and loses nothing.
 */
import { spawn } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

// ---- Space: which configurations there are. Every parameter is a position in [0, 1] inside.
type Params = { readonly lr: number; readonly width: number };
type Unit = readonly [lr: number, width: number];
const toParams = ([a, b]: Unit): Params => ({ lr: 10 ** (-4 + 3 * a), width: 8 + Math.round(56 * b) });

// ---- Storage: a file of facts, one JSON object a line, never changed. A torn last line was never written.
type Fact =
  | { readonly type: 'started'; readonly trial: number; readonly unit: Unit; readonly pid: number | null }
  | { readonly type: 'ended'; readonly trial: number; readonly state: State; readonly value: number | null };
type State = 'complete' | 'pruned' | 'failed';
type Trial = {
  number: number;
  unit: Unit;
  pid: number | null;
  state: State | 'running';
  value: number | null;
};

class Store {
  readonly trials = new Map<number, Trial>();
  readonly #file: string;

  constructor(readonly folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#file = join(folder, 'facts.jsonl');
    if (!existsSync(this.#file)) return;
    const text = readFileSync(this.#file, 'utf8');
    const whole = text.slice(0, text.lastIndexOf('\n') + 1);
    if (whole !== text) writeFileSync(this.#file, whole);
    for (const line of whole.split('\n').filter(Boolean)) this.#apply(JSON.parse(line) as Fact);
  }

  readonly add = (fact: Fact): void => {
    appendFileSync(this.#file, `${JSON.stringify(fact)}\n`, { flush: true });
    this.#apply(fact);
  };

  #apply(fact: Fact): void {
    const { trial: number } = fact;
    if (fact.type === 'started')
      this.trials.set(number, { number, unit: fact.unit, pid: fact.pid, state: 'running', value: null });
    else Object.assign(this.trials.get(number) ?? {}, { state: fact.state, value: fact.value });
  }
}

// ---- Sampler: a pure function of the history. The random numbers follow from the trial's number alone, so that a
// study that was killed proposes what it would have proposed.
function propose(number: number, history: readonly Trial[]): Unit {
  const random = makeRandom(number);
  const uniform = (): Unit => [random(), random()];
  const done = history
    .filter(({ value }) => value !== null)
    .sort((a, b) => Number(a.value) - Number(b.value));
  if (done.length < 6) return uniform();
  // A tree-structured Parzen estimator in small: near the good ones, far from the bad ones.
  const good = done.slice(0, Math.ceil(done.length / 4));
  const bad = done.slice(good.length);
  const density = (x: Unit, of: readonly Trial[]) =>
    of.reduce(
      (sum, { unit }) => sum + Math.exp(-((x[0] - unit[0]) ** 2 + (x[1] - unit[1]) ** 2) / 0.05),
      0.1,
    ) / of.length;
  const near = ({ unit }: Trial): Unit => [jitter(unit[0], random), jitter(unit[1], random)];
  const candidates = Array.from({ length: 24 }, (_, k) => near(good[k % good.length] as Trial));
  const score = (x: Unit) => density(x, good) / density(x, bad);
  return candidates.reduce((best, x) => (score(x) > score(best) ? x : best));
}

const jitter = (x: number, random: () => number) => Math.min(1, Math.max(0, x + 0.4 * (random() - 0.5)));

/** Returns a generator of numbers in [0, 1) (mulberry32). */
function makeRandom(seed: number): () => number {
  let state = (seed + 1) * 0x9e3779b9;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let z = Math.imul(state ^ (state >>> 15), 1 | state);
    z = (z + Math.imul(z ^ (z >>> 7), 61 | z)) ^ z;
    return ((z ^ (z >>> 14)) >>> 0) / 2 ** 32;
  };
}

// ---- Pruner: stops a trial that is worse than the median of the others at the same step.
function isHopeless(step: number, loss: number, others: readonly (readonly number[])[]): boolean {
  const peers = others.flatMap((curve) => curve[step] ?? []).sort((a, b) => a - b);
  return step >= 2 && peers.length >= 4 && loss > (peers[Math.floor(peers.length / 2)] as number);
}

// ---- Executor: a trainer is a process of its own that writes to a file, so it outlives the orchestrator. A shell
// beside it writes the exit code, which nobody else could learn after a crash.
const fileOf = (folder: string, trial: number, what: string) => join(folder, `trial-${trial}.${what}`);

function launch(folder: string, trial: number, unit: Unit): number {
  const log = openSync(fileOf(folder, trial, 'log'), 'w');
  const trainer = [process.execPath, ...process.execArgv, import.meta.filename, '--train'];
  const args = Object.entries(toParams(unit)).map(([name, value]) => `${name}=${value}`);
  const script = '"$@"; echo $? >"$0.part" && mv "$0.part" "$0"';
  const child = spawn('sh', ['-c', script, fileOf(folder, trial, 'exit'), ...trainer, ...args], {
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  child.unref();
  return child.pid as number;
}

/** The values of `loss` by step, as far as the trainer has written whole lines. */
function curveOf(folder: string, trial: number): number[] {
  const log = fileOf(folder, trial, 'log');
  const text = existsSync(log) ? readFileSync(log, 'utf8') : '';
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.flatMap((line) => {
    const match = /^METRIC step=\d+ loss=(\S+)$/.exec(line);
    return match ? [Number(match[1])] : [];
  });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(-pid, 0);
  } catch {
    return false;
  }
}

// ---- Sweep: follows one trial to its end; what the end means is decided here and nowhere else.
async function follow({ folder, trials, add }: Store, number: number): Promise<void> {
  const pid = trials.get(number)?.pid as number;
  const exit = fileOf(folder, number, 'exit');
  for (let seen = 0; ; await sleep(20)) {
    // Looked at before the log, which then has everything that the trainer wrote.
    const ended = existsSync(exit) || !isAlive(pid);
    const curve = curveOf(folder, number);
    const others = [...trials.keys()]
      .filter((other) => other !== number)
      .map((other) => curveOf(folder, other));
    for (; seen < curve.length; seen++) {
      const value = curve[seen] as number;
      if (ended || !isHopeless(seen, value, others)) continue;
      if (isAlive(pid)) process.kill(-pid, 'SIGTERM');
      return add({ type: 'ended', trial: number, state: 'pruned', value });
    }
    if (!ended) continue;
    const succeeded = existsSync(exit) && readFileSync(exit, 'utf8').trim() === '0' && curve.length > 0;
    const value = succeeded ? (curve.at(-1) as number) : null;
    return add({ type: 'ended', trial: number, state: succeeded ? 'complete' : 'failed', value });
  }
}

/** Runs a trial to its end, or follows it where its trainer runs already. */
async function run(store: Store, { number, unit, pid }: Trial): Promise<void> {
  if (pid === null)
    store.add({ type: 'started', trial: number, unit, pid: launch(store.folder, number, unit) });
  await follow(store, number);
  console.log(describe(store.trials.get(number) as Trial));
}

const describe = ({ number, state, value, unit }: Trial) =>
  `trial ${number} ${state} loss=${value?.toFixed(4) ?? '-'} ${JSON.stringify(toParams(unit))}`;

async function slot(store: Store, budget: number): Promise<void> {
  for (let number = store.trials.size; number < budget; number = store.trials.size) {
    const unit = propose(number, [...store.trials.values()]);
    // Stored before the process starts. A crash between the two lines would start it twice; hpo itself closes this gap:
    // only the process that creates the attempt's claim file may launch it.
    store.add({ type: 'started', trial: number, unit, pid: null });
    await run(store, store.trials.get(number) as Trial);
  }
}

async function sweep(folder: string, budget: number): Promise<void> {
  const store = new Store(folder);
  const running = [...store.trials.values()].filter(({ state }) => state === 'running');
  for (const { number } of running) console.log(`trial ${number} resumes`);
  await Promise.all(running.map((trial) => run(store, trial)));
  await Promise.all([slot(store, budget), slot(store, budget)]);
  const complete = [...store.trials.values()].filter(({ state }) => state === 'complete');
  const [best] = complete.sort((a, b) => Number(a.value) - Number(b.value));
  if (best) console.log(`best: ${describe(best)}`);
}

// ---- Trainer: any program that prints METRIC lines. This one only looks like training.
async function train(args: readonly string[]): Promise<void> {
  const { lr, width } = Object.fromEntries(args.map((arg) => arg.split('='))) as Record<string, string>;
  const floor = (Math.log10(Number(lr)) + 2.2) ** 2 / 4 + (Number(width) - 40) ** 2 / 2000;
  for (let step = 0; step < 8; step++) {
    await sleep(40);
    console.log(`METRIC step=${step} loss=${(floor + 0.7 ** step).toFixed(6)}`);
  }
}

const [first, ...rest] = process.argv.slice(2);
if (first === '--train') await train(rest);
else await sweep(first ?? 'outputs/pocket', Number(rest[0] ?? 20));

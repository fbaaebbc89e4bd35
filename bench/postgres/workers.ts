import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** What several processes measured that asked and told at the same time. */
export type Measured = {
  readonly workers: number;
  readonly asksMs: readonly number[];
  readonly tellsMs: readonly number[];
  readonly numbers: readonly number[];
  /** From the moment at which all were ready to the end of the last one. */
  readonly seconds: number;
  /** Of Optuna; null for hpo. */
  readonly version: string | null;
};

export type Job = {
  readonly storage: string;
  readonly study: string;
  readonly workers: number;
  /** Of each worker. */
  readonly trials: number;
  readonly sampler?: 'random' | 'tpe';
  /** The Python that has Optuna; null: hpo. */
  readonly optuna: string | null;
};

/** Trials that each worker runs in a study of its own before it is measured, so that its code is compiled. */
const BEFORE = 30;

/** Starts the workers of a job, lets them begin together, and returns what they measured. */
export async function measureWorkers({
  storage,
  study,
  workers,
  trials,
  sampler = 'random',
  optuna,
}: Job): Promise<Measured> {
  const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));
  const given = [study, String(trials), String(BEFORE)];
  const [command, args] =
    optuna === null
      ? [process.execPath, ['--import', 'tsx', file('./orchestrator.ts'), storage, ...given, sampler]]
      : [
          optuna,
          [file('./optuna_worker.py'), storage.replace(/^postgresql:/, 'postgresql+psycopg2:'), ...given],
        ];
  const lines: AsyncIterator<string>[] = [];
  const children: ChildProcessByStdio<Writable, Readable, null>[] = [];
  for (let k = 0; k < workers; k++) {
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    lines.push(createInterface(child.stdout)[Symbol.asyncIterator]());
  }
  const next = () => Promise.all(lines.map(async (each) => String((await each.next()).value)));
  if ((await next()).some((line) => line !== 'ready')) throw new Error('expected every worker to be ready');
  const began = performance.now();
  for (const child of children) child.stdin.end('go\n');
  const said = (await next()).map((line) => JSON.parse(line) as Omit<Measured, 'workers' | 'seconds'>);
  const seconds = (performance.now() - began) / 1000;
  return {
    workers,
    asksMs: said.flatMap(({ asksMs }) => asksMs),
    tellsMs: said.flatMap(({ tellsMs }) => tellsMs),
    numbers: said.flatMap(({ numbers }) => numbers),
    seconds,
    version: said[0]?.version ?? null,
  };
}

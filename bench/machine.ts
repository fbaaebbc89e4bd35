import { arch, availableParallelism, cpus, loadavg, release, totalmem, type } from 'node:os';

/** The machine that the figures depend on. Contains nothing that identifies it or its owner. */
export type Machine = {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  readonly os: string;
  readonly node: string;
  readonly startedAt: string;
  /** Load average of the minute before: other work on the machine makes every figure worse. */
  readonly loadBefore: number;
};

export function describeMachine(): Machine {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    os: `${type()} ${release()} ${arch()}`,
    node: process.version,
    startedAt: new Date().toISOString(),
    loadBefore: Number(loadavg()[0]?.toFixed(2)),
  };
}

/** Returns the machine in one line of prose. */
export function machineText({ cpu, cores, memoryGiB, os, node, startedAt, loadBefore }: Machine): string {
  const day = startedAt.slice(0, 10);
  return `${day}, ${cpu}, ${cores} cores, ${memoryGiB} GiB, ${os}, Node ${node}, load before the run ${loadBefore}`;
}

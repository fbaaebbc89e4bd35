import { setTimeout as sleep } from 'node:timers/promises';
import type { Rng } from '../../../src/core/rng.js';
import { until } from '../../support/until.js';
import type { Cluster } from './cluster.js';
import type { Role } from './host.js';

/** What happens to a host, or to the server. */
export const FAULTS = [
  'kill-orchestrator',
  'kill-trainer',
  'kill-supervisor',
  'kill-both',
  'kill-server',
  'lose-power',
  'freeze-orchestrator',
  'freeze-host',
  'cut-cable',
  'lose-answers',
  'slow-network',
] as const;
export type FaultKind = (typeof FAULTS)[number];

export type PlannedFault = {
  readonly kind: FaultKind;
  readonly host: string;
  /** Whether it waits until trainers run there. Others may meet an hpo that only starts. */
  readonly meetsTrainers: boolean;
  /** Whether the one before has an end first. */
  readonly isAlone: boolean;
  /** Since the fault before. */
  readonly pauseMs: number;
  /** How long it lasts, for those that end. */
  readonly durationMs: number;
};

/** After which time there is a guard again. */
const GUARD_AGAIN_MS = 2000;

/** How many faults wait for trainers, and for how long at most. */
const MEETS_TRAINERS = 0.8;
const TRAINERS_WITHIN_MS = 8000;

/** The lengths of faults, as parts of the lease. */
const DURATIONS = { short: [0.2, 0.8], beyond: [1.5, 3] } as const;

type Planning = {
  /** Which kinds come, each once before one comes again. */
  readonly kinds: readonly FaultKind[];
  readonly count: number;
  /** Whether each fault meets trainers, lasts longer than the lease, and has an end before the next begins. */
  readonly isShort: boolean;
  readonly hosts: readonly string[];
  readonly leaseMs: number;
  readonly rng: Rng;
};

/** Returns random faults. */
export function planFaults({
  kinds,
  count,
  isShort,
  hosts,
  leaseMs,
  rng,
}: Planning): readonly PlannedFault[] {
  const planned: FaultKind[] = [];
  while (planned.length < count) planned.push(...shuffled(kinds, rng));
  return planned.slice(0, count).map((kind) => {
    const [least, most] = !isShort && rng.float() < 0.4 ? DURATIONS.short : DURATIONS.beyond;
    return {
      kind,
      host: hosts[rng.int(hosts.length)] as string,
      meetsTrainers: isShort || rng.float() < MEETS_TRAINERS,
      isAlone: isShort,
      pauseMs: 300 + rng.float() * leaseMs,
      durationMs: leaseMs * (least + rng.float() * (most - least)),
    };
  });
}

function shuffled<T>(all: readonly T[], rng: Rng): readonly T[] {
  const left = [...all];
  return all.map(() => left.splice(rng.int(left.length), 1)[0] as T);
}

/** Does each planned fault at its time, several at once where they last. Returns how many there were of each kind. */
export async function doFaults(
  plan: readonly PlannedFault[],
  cluster: Cluster,
  say: (line: string) => void,
): Promise<ReadonlyMap<FaultKind, number>> {
  const counts = new Map<FaultKind, number>();
  // What a host suffers from has an end before the next begins there; the server counts as one.
  const busy = new Map<string, Promise<void>>();
  for (const fault of plan) {
    await sleep(fault.pauseMs);
    const where = fault.kind === 'kill-server' ? 'server' : fault.host;
    const before = fault.isAlone ? Promise.all(busy.values()) : busy.get(where);
    const suffered = Promise.resolve(before).then(async () => {
      const isDone = await doFault(fault, cluster);
      if (isDone) counts.set(fault.kind, (counts.get(fault.kind) ?? 0) + 1);
      say(`${fault.kind} on ${where}${isDone ? '' : ': nothing to do it to'}`);
    });
    // Reported where it is awaited below.
    suffered.catch(() => {});
    busy.set(where, suffered);
  }
  await Promise.all(busy.values());
  return counts;
}

/** Returns whether there was anything to do it to. */
async function doFault(
  { kind, host: name, durationMs, meetsTrainers }: PlannedFault,
  cluster: Cluster,
): Promise<boolean> {
  const host = () => cluster.host(name);
  const { network, server } = cluster;
  const runs = (role: Role) =>
    host()
      .processes()
      .some((each) => each.role === role);
  const isMet = () => runs('trainer') || (!meetsTrainers && runs('orchestrator'));
  if (kind !== 'kill-server' && !(await isSoon(isMet, TRAINERS_WITHIN_MS))) return false;
  switch (kind) {
    case 'kill-orchestrator':
      return host().signal('SIGKILL', 'orchestrator') > 0;
    case 'kill-trainer':
      return host().signal('SIGKILL', 'trainer') > 0;
    case 'kill-supervisor':
      // hpo starts the guard of its lease again after a second. Without both, nobody is left who could end trainers.
      return await undisturbed(host().signal('SIGKILL', 'supervisor', 'guard') > 0);
    case 'kill-both':
      return host().signal('SIGKILL', 'orchestrator', 'trainer') > 0;
    case 'lose-power':
      await cluster.restart(name);
      return true;
    case 'kill-server':
      server.kill();
      await sleep(durationMs);
      await server.recover();
      return true;
    case 'freeze-orchestrator':
      return await frozen(['orchestrator']);
    case 'freeze-host':
      return await frozen(['orchestrator', 'supervisor', 'guard', 'trainer', 'other']);
    case 'cut-cable':
      return await during(network.setLink(name, 'down'), () => network.setLink(name, 'up'));
    case 'lose-answers':
      return await during(network.loseAnswers(name), () => network.deliverAnswers(name));
    case 'slow-network':
      return await during(network.slowDown(name), () => network.speedUp(name));
  }

  async function during(begun: Promise<void>, end: () => Promise<void>): Promise<boolean> {
    await begun;
    await sleep(durationMs);
    await end();
    return true;
  }

  async function undisturbed(isDone: boolean): Promise<boolean> {
    await sleep(GUARD_AGAIN_MS);
    return isDone;
  }

  async function frozen(roles: Parameters<ReturnType<typeof host>['signal']>[1][]): Promise<boolean> {
    const count = host().signal('SIGSTOP', ...roles);
    await sleep(durationMs);
    host().signal('SIGCONT', ...roles);
    return count > 0;
  }
}

function isSoon(condition: () => boolean, limitMs: number): Promise<boolean> {
  return until(condition, { limitMs, everyMs: 50 }).catch(() => false);
}

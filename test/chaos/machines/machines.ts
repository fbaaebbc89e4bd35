import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeRng } from '../../../src/core/rng.js';
import { until } from '../../support/until.js';
import { type Faults, joinFaults, NO_FAULTS } from '../audit.js';
import { LOSS_LIMIT } from '../expected.js';
import { here } from '../folder.js';
import type { PartOptions, PartResult } from '../part.js';
import { auditMachines } from './audit.js';
import { Cluster } from './cluster.js';
import { doFaults, FAULTS, type FaultKind, planFaults } from './faults.js';
import { overlapsOf, parseNotes, runsOf } from './notes.js';
import { auditByHpo, auditByOptuna } from './readers.js';
import { isOver, readTrials } from './stored.js';

/** More than a host needs, so that one takes the trials of another at once. */
const SLOTS = 4;
const SAMPLERS = ['grid', 'random', 'tpe'] as const;
/** How long a sweep may take after the last fault. */
const LONGEST_END_MS = 180_000;

type Round = {
  readonly seed: number;
  readonly number: number;
  readonly kinds: readonly FaultKind[];
  readonly faults: number;
  readonly trials: number;
  readonly retries: number;
  /** How many signs of life a trainer gives for each epoch. */
  readonly pulses: number;
  readonly leaseS: number;
  readonly sampler: (typeof SAMPLERS)[number];
  /** Whether the hosts share the folder of the sweep, so that a trial continues elsewhere from its checkpoint. */
  readonly isShared: boolean;
  /** Whether each host sees that folder under another path. */
  readonly isElsewhere: boolean;
  readonly isShort: boolean;
};

/** One sweep, and one fault of each kind that takes a host away from the others. */
const SHORT = {
  ...{ faults: 1, each: 3, trials: 4, hosts: 2, retries: 1, pulses: 12 },
  kinds: ['cut-cable', 'lose-power', 'freeze-host'],
} as const;
const LONG = {
  ...{ faults: 100, each: 14, trials: 14, hosts: 3, retries: 3, pulses: 25 },
  kinds: FAULTS,
} as const;

/** Runs sweeps that several hosts share, each in namespaces of its own, while faults of all kinds come. */
export async function killMachines({ seed, short, say }: PartOptions): Promise<PartResult> {
  const size = short ? SHORT : LONG;
  const total = { faults: 0, sweeps: 0, trials: 0, attempts: 0, longestOverlapMs: 0 };
  const kinds = new Map<FaultKind, number>();
  let faults: Faults = NO_FAULTS;
  const folder = mkdtempSync(join(tmpdir(), 'hpo-hosts-'));
  // The server is another user.
  chmodSync(folder, 0o755);
  const cluster = await Cluster.start(
    folder,
    Array.from({ length: size.hosts }, (_, k) => `host-${k + 1}`),
  );
  try {
    while (total.faults < size.faults) {
      const number = total.sweeps;
      const swept = await sweepUnderFaults(cluster, join(folder, `sweep-${number}`), {
        say,
        round: {
          seed,
          number,
          kinds: size.kinds,
          faults: size.each,
          trials: size.trials,
          retries: size.retries,
          pulses: size.pulses,
          isShort: short,
          leaseS: short ? 2 : 2 + (number % 3),
          sampler: SAMPLERS[(seed + number) % SAMPLERS.length] as Round['sampler'],
          isShared: (seed + number) % 2 === 0,
          isElsewhere: (seed + number) % 4 === 0,
        },
      });
      faults = joinFaults(faults, swept.faults);
      for (const [kind, count] of swept.kinds) {
        kinds.set(kind, (kinds.get(kind) ?? 0) + count);
        total.faults += count;
      }
      total.sweeps += 1;
      total.trials += size.trials;
      total.attempts += swept.attempts;
      total.longestOverlapMs = Math.max(total.longestOverlapMs, swept.longestOverlapMs);
      say(`machines: ${total.faults} of ${size.faults} faults, ${total.sweeps} sweeps, seed ${seed}`);
    }
  } finally {
    await cluster.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
  return { figures: { hosts: size.hosts, ...total, ...Object.fromEntries(kinds) }, faults };
}

type Sweeping = { readonly round: Round; readonly say: (line: string) => void };

async function sweepUnderFaults(cluster: Cluster, folder: string, { round, say }: Sweeping) {
  const database = `s${round.number}`;
  const records = join(folder, 'records');
  const shared = join(folder, 'shared');
  const folderOf = (host: string) => (round.isShared && !round.isElsewhere ? shared : join(folder, host));
  for (const host of cluster.names) mkdirSync(folderOf(host), { recursive: true });
  for (const each of round.isShared ? [shared] : cluster.names.map(folderOf))
    writeSweep(join(each, 'cfg/sweep.yaml'), round, records);
  writeFileSync(records, '');
  await cluster.server.createDatabase(database);
  let isQuiet = false;
  const args = ['optimize', '--storage', cluster.server.urlOf(database), '--lease', `${round.leaseS}s`];
  const kept = cluster.names.map((name) =>
    cluster.keepRunning(
      name,
      { args, folderOf, mounted: round.isElsewhere ? shared : null },
      { rng: makeRng(round.seed, 'calls', round.number, name), isOver: () => isQuiet },
    ),
  );
  const plan = planFaults({
    kinds: round.kinds,
    count: round.faults,
    isShort: round.isShort,
    hosts: cluster.names,
    leaseMs: round.leaseS * 1000,
    rng: makeRng(round.seed, 'faults', round.number),
  });
  const done = Promise.all(kept);
  const begun = until(() => readFileSync(records, 'utf8').includes(' start '), { what: 'the first trainer' });
  // Either may fail first.
  const kinds = await Promise.race([
    begun.then(() => doFaults(plan, cluster, (line) => say(`  ${round.number}: ${line}`))),
    done.then(() => new Map<FaultKind, number>()),
  ]);
  isQuiet = true;
  await Promise.race([done, endOfPatience(cluster, database, round)]);
  const stored = await readTrials(cluster.server, database);
  const runs = runsOf(parseNotes(readFileSync(records, 'utf8')));
  const leaseMs = round.leaseS * 1000;
  const isGrid = round.sampler !== 'random';
  const found = auditMachines({
    stored,
    runs,
    budget: round.trials,
    retries: round.retries,
    leaseMs,
    isGrid,
  });
  const local = cluster.server.localUrlOf(database);
  const read = [
    ...(await auditByHpo(local, folder)),
    ...(round.isShort ? [] : await auditByOptuna(local, 'machines', stored)),
  ];
  const leftOver = cluster.names.flatMap((name) =>
    cluster
      .host(name)
      .processes()
      .filter(({ role }) => role === 'trainer' || role === 'orchestrator')
      .map(({ role }) => `a process of a ${role} is left over on ${name}`),
  );
  const { kinds: _, ...shown } = round;
  const named = (texts: readonly string[]) => texts.map((text) => `sweep ${JSON.stringify(shown)}: ${text}`);
  return {
    kinds,
    attempts: stored.reduce((sum, { attempts }) => sum + attempts.length, 0),
    longestOverlapMs: Math.max(0, ...overlapsOf(runs).map(({ ms }) => ms)),
    faults: {
      lost: named(found.lost),
      doubled: named(found.doubled),
      mismatches: named([...found.mismatches, ...read, ...leftOver]),
    },
  };
}

/** Rejects when a sweep does not end. */
async function endOfPatience(cluster: Cluster, database: string, round: Round): Promise<never> {
  await sleep(LONGEST_END_MS, undefined, { ref: false });
  const over = await isOver(cluster.server, database, round.trials);
  throw new Error(`the sweep ${JSON.stringify(round)} has not ended; all trials have: ${over}`);
}

function writeSweep(
  file: string,
  { trials, retries, pulses, sampler, isShared }: Round,
  records: string,
): void {
  mkdirSync(dirname(file), { recursive: true });
  const grid = { x: Array.from({ length: trials }, (_, k) => k + 1) };
  writeFileSync(
    file,
    JSON.stringify({
      study: 'machines',
      objective: { metric: 'loss', direction: 'minimize' },
      trainer: {
        command: ['sh', here('machines/trainer.sh'), '${overrides}'],
        env: { TORTURE_PULSES: String(pulses), TORTURE_RECORDS: records },
      },
      sampler,
      pruner: { name: 'threshold', upper: LOSS_LIMIT },
      ...(sampler === 'random' ? { trials } : {}),
      ...(isShared ? { checkpoints: 'remove' } : {}),
      retries,
      devices: 'cpu',
      max_concurrent: SLOTS,
      parameters: sampler === 'random' ? { x: { int: true, min: 1, max: 1000 } } : grid,
    }),
  );
}

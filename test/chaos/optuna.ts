import type Database from 'better-sqlite3';
import { runOptuna } from '../support/optuna.js';
import { type Faults, joinFaults, NO_FAULTS } from './audit.js';
import { integrityFaults, withCopy } from './database.js';
import { ChaosFolder, here } from './folder.js';
import type { PartOptions, PartResult } from './part.js';

/** The output of one Optuna worker. `missed`: waiting trials that others took and finished first. */
type Said = {
  readonly told: readonly (readonly [number: number, value: number, state: string])[];
  readonly refused: readonly string[];
  readonly missed: number;
};

/**
 * Runs workers of the real Optuna and calls of hpo on one study. Each opens the file and closes it again. Trial numbers
 * must have no gaps, one program must run each trial, and none may fail for a lock.
 */
export async function shareWithOptuna({ short, say }: PartOptions): Promise<PartResult> {
  const size = short
    ? { rounds: 1, workers: 2, each: 14, calls: 2 }
    : { rounds: 10, workers: 4, each: 60, calls: 4 };
  let faults: Faults = NO_FAULTS;
  let [byOptuna, byHpo] = [0, 0];
  for (let round = 1; round <= size.rounds; round++) {
    const result = await oneRound(size);
    faults = joinFaults(faults, result.faults);
    byOptuna += result.byOptuna;
    byHpo += result.byHpo;
    say(`optuna: ${round} of ${size.rounds} rounds`);
  }
  return { figures: { rounds: size.rounds, workers: size.workers, byOptuna, byHpo }, faults };
}

type Size = { readonly workers: number; readonly each: number; readonly calls: number };
type Round = { readonly faults: Faults; readonly byOptuna: number; readonly byHpo: number };

async function oneRound({ workers, each, calls }: Size): Promise<Round> {
  const folder = new ChaosFolder({
    'cfg/sweep.yaml': JSON.stringify({
      study: 's',
      objective: { metric: 'loss', direction: 'minimize' },
      trainer: { command: ['sh', here('together.sh'), '${overrides}'] },
      sampler: 'random',
      devices: 'cpu',
      max_concurrent: 2,
      parameters: { x: { min: 0, max: 1 } },
    }),
  });
  try {
    await folder.says('study', 'create');
    const names = Array.from({ length: workers }, (_, k) => `worker-${k}`);
    const [said, complaints] = await Promise.all([
      Promise.all(
        names.map(async (name) => {
          const text = await runOptuna('worker.py', folder.file('storage/hpo.db'), ['s', name, String(each)]);
          return JSON.parse(text) as Said;
        }),
      ),
      callHpo(folder, calls, each),
    ]);
    // hpo leaves a single plain file when it closes last. Optuna does not, so the next call of hpo does it.
    await folder.says('trials');
    const header = folder.bytes('storage/hpo.db').subarray(18, 20).join();
    const done = folder.read('records').split('\n').filter(Boolean).map(Number);
    const faults = withCopy(folder.file('storage/hpo.db'), (database) => audit(database, names, said, done));
    const refused = [...said.flatMap((each) => each.refused), ...complaints];
    const mismatches = [...refused, ...(header === '1,1' ? [] : [`the file is left with header ${header}`])];
    const byOptuna = said.reduce((sum, { told }) => sum + told.length, 0);
    return { faults: joinFaults(faults, { ...NO_FAULTS, mismatches }), byOptuna, byHpo: done.length };
  } finally {
    folder.remove();
  }
}

/** Runs one call after the other, so that the file closes and opens while Optuna works. Returns what went wrong. */
async function callHpo(folder: ChaosFolder, calls: number, each: number): Promise<string[]> {
  const wrong: string[] = [];
  for (let call = 0; call < calls; call++) {
    for (const args of [['optimize', '--trials', `+${each}`], ['best']]) {
      const { code, stdout, stderr } = await folder.start(args).ended;
      if (code !== 0 || /locked|busy|error/i.test(stderr))
        wrong.push(`hpo ${args.join(' ')} exited ${code}: ${stderr || stdout}`);
    }
  }
  return wrong;
}

type Row = {
  number: number;
  state: string;
  value: number | null;
  ours: number | null;
  worker: string | null;
};

function audit(
  database: Database.Database,
  names: readonly string[],
  said: readonly Said[],
  done: readonly number[],
): Faults {
  const rows = database
    .prepare(
      `SELECT t.number, t.state, v.value, h.trial_id AS ours, json_extract(a.value_json, '$') AS worker FROM trials t
        LEFT JOIN trial_values v ON v.trial_id = t.trial_id LEFT JOIN hpo_trials h ON h.trial_id = t.trial_id
        LEFT JOIN trial_user_attributes a ON a.trial_id = t.trial_id AND a.key = 'worker' ORDER BY t.number`,
    )
    .all() as Row[];
  const numbers = rows.map(({ number }) => number);
  const lost = rows.filter((_, k) => !numbers.includes(k)).map((_, k) => `there is no trial ${k}`);
  const tellers = [
    ...done.map((number) => [number, 'hpo'] as const),
    ...said.flatMap(({ told }, k) => told.map(([number]) => [number, names[k] as string] as const)),
  ];
  const doubled = [
    ...numbers.filter((number, k) => numbers.indexOf(number) < k).map((number) => `two trials ${number}`),
    ...tellers
      .filter(([number], k) => tellers.findIndex(([other]) => other === number) < k)
      .map(([number, name]) => `trial ${number} was done by ${name} and by someone before`),
  ];
  const mismatches: string[] = integrityFaults(database);
  for (const [k, { told }] of said.entries()) {
    for (const [number, value, state] of told) {
      const row = rows.find((each) => each.number === number);
      // A pruned trial has its last report as its value.
      const wanted = state === 'PRUNED' ? [state, names[k], null] : [state, names[k], null, value];
      const got = row && [row.state, row.worker, row.ours, row.value].slice(0, wanted.length);
      if (JSON.stringify(got) !== JSON.stringify(wanted))
        mismatches.push(
          `trial ${number} is ${JSON.stringify(got)}, and was reported as ${JSON.stringify(wanted)}`,
        );
    }
  }
  for (const { number, state, ours, worker } of rows) {
    const teller = tellers.find(([each]) => each === number)?.[1];
    if (state === 'RUNNING' || (state !== 'WAITING' && teller === undefined))
      mismatches.push(`trial ${number} is ${state}, and nobody reported it`);
    if ((teller === 'hpo') !== (ours !== null) || (ours !== null && worker !== null))
      mismatches.push(`trial ${number} belongs to ${teller}, not to ${ours === null ? worker : 'hpo'}`);
  }
  return { lost, doubled, mismatches };
}

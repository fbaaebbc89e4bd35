import { readdirSync } from 'node:fs';
import { integrityFaults, readTrials, type StoredTrial, statesOf, withCopy } from './database.js';
import { expectedOf } from './expected.js';
import type { ChaosFolder } from './folder.js';
import { type Note, parseNotes, pointsOf } from './records.js';
import { tableFaults, tornTable } from './table.js';

/** Sentences about everything that is wrong. All lists must stay empty. */
export type Faults = {
  /** Configurations without a finished trial, reported ends and reports that the database lacks. */
  readonly lost: readonly string[];
  /** Configurations with two trials, trials that were started twice. */
  readonly doubled: readonly string[];
  /** Any other difference among the database, runs.csv, `hpo trials` and the trainers' own notes. */
  readonly mismatches: readonly string[];
};

export const NO_FAULTS: Faults = { lost: [], doubled: [], mismatches: [] };

export function joinFaults(...all: readonly Faults[]): Faults {
  return {
    lost: all.flatMap(({ lost }) => lost),
    doubled: all.flatMap(({ doubled }) => doubled),
    mismatches: all.flatMap(({ mismatches }) => mismatches),
  };
}

/** Returns what is wrong after a kill: the file must be sound, runs.csv whole, and every reported end stored. */
export function auditAfterKill(folder: ChaosFolder): Faults {
  // hpo was killed before it created the database.
  if (!folder.exists('storage/hpo.db')) return { ...NO_FAULTS, mismatches: tornTable(folder) };
  const reported = reportedEnds(folder);
  return withCopy(folder.file('storage/hpo.db'), (database) => {
    const states = statesOf(database);
    const lost = [...reported]
      .filter(([trial, state]) => states.get(trial) !== state)
      .map(([trial, state]) => `trial ${trial} was reported as ${state} and is ${states.get(trial)}`);
    return { lost, doubled: [], mismatches: [...integrityFaults(database), ...tornTable(folder)] };
  });
}

/** Returns trial -> end, as the logs of all calls reported it after the commit. */
function reportedEnds(folder: ChaosFolder): Map<number, string> {
  const reported = new Map<number, string>();
  for (const name of logsOf(folder)) {
    for (const [, trial, state] of folder.read(name).matchAll(/ trial (\d+) (COMPLETE|PRUNED|FAIL)\b/g))
      reported.set(Number(trial), state as string);
  }
  return reported;
}

function logsOf(folder: ChaosFolder): string[] {
  try {
    return readdirSync(folder.file('outputs'))
      .filter((name) => name.startsWith('sweep_'))
      .map((name) => `outputs/${name}`);
  } catch {
    return [];
  }
}

/** Returns what is wrong after the last call: a sweep of x = 1..trials over trainer.sh must look undisturbed. */
export async function auditSweep(folder: ChaosFolder, trials: number): Promise<Faults> {
  const notes = parseNotes(folder.read('records'));
  const { stored, damage } = withCopy(folder.file('storage/hpo.db'), (database) => ({
    stored: readTrials(database),
    damage: integrityFaults(database),
  }));
  const wanted = Array.from({ length: trials }, (_, k) => k + 1);
  const tried = (x: number) => stored.filter((trial) => trial.x === x).map(({ number }) => number);
  const lost = wanted.filter((x) => tried(x).length === 0).map((x) => `x=${x} was never tried`);
  const doubled = wanted
    .filter((x) => tried(x).length > 1)
    .map((x) => `x=${x} was tried by trials ${tried(x).join(' and ')}`);
  const strangers = stored.filter(({ x }) => !wanted.includes(x)).map(({ x }) => `x=${x} is not in the grid`);
  const leftOver = folder.trainers().map((pid) => `process ${pid} of a trainer is left over`);
  const faults = joinFaults(
    { lost, doubled, mismatches: [...damage, ...strangers, ...leftOver] },
    ...stored.map((trial) =>
      auditTrial(
        trial,
        notes.filter((note) => note.trial === trial.number),
      ),
    ),
    auditAfterKill(folder),
  );
  return joinFaults(faults, { ...NO_FAULTS, mismatches: await tableFaults(folder, stored) });
}

function auditTrial(trial: StoredTrial, notes: readonly Note[]): Faults {
  const name = `trial ${trial.number} (x=${trial.x})`;
  const expected = expectedOf(trial.x);
  const lost: string[] = [];
  const doubled: string[] = [];
  const mismatches: string[] = [];
  const differ = (what: string, got: unknown, want: unknown) => {
    if (JSON.stringify(got) !== JSON.stringify(want))
      mismatches.push(`${name}: ${what} is ${JSON.stringify(got)}, not ${JSON.stringify(want)}`);
  };
  const starts = notes.filter(({ kind }) => kind === 'start');
  if (starts.length === 0) lost.push(`${name} never ran`);
  if (starts.length > 1) doubled.push(`${name} was started ${starts.length} times`);
  if (trial.state === 'RUNNING' || trial.state === 'WAITING') lost.push(`${name} is left ${trial.state}`);
  else differ('its state', trial.state, expected.state);
  differ('its exit code', trial.exitCode, expected.exitCode);

  const last = trial.attempts.at(-1);
  differ('the attempt that its trainer was', starts[0]?.token, last?.token);
  differ("its trainer's x", starts[0]?.text, String(trial.x));
  differ('the exit code of its attempt', last?.exitCode, expected.exitCode);
  differ('unfinished attempts', trial.attempts.filter(({ finished }) => !finished).length, 0);

  const printed = notes.filter(({ kind }) => kind === 'print').map(({ text }) => text);
  differ('what its trainer printed', printed, expected.lines);
  const ends = notes.filter(({ kind }) => kind === 'end').map(({ text }) => text);
  differ(
    'the end that its trainer noted',
    ends,
    expected.state === 'PRUNED' ? [] : [String(expected.exitCode)],
  );
  const points = pointsOf(printed);
  const missing = points.filter((point) => !trial.points.includes(point));
  if (missing.length > 0) lost.push(`${name}: ${missing.join(', ')} is not in the database`);
  const invented = trial.points.filter((point) => !points.includes(point));
  if (invented.length > 0) mismatches.push(`${name}: ${invented.join(', ')} was never printed`);
  return { lost, doubled, mismatches };
}

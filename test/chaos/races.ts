import { type Faults, NO_FAULTS } from './audit.js';
import { integrityFaults, readRepeats, type StoredRepeat, withCopy } from './database.js';
import { ChaosFolder, here } from './folder.js';
import { type KilledSweep, killSweeps } from './killed-sweeps.js';
import type { PartOptions, PartResult } from './part.js';

const CONFIGURATIONS = 6;
const MOST_REPEATS = 5;
const PAUSE_S = 0.02;

/**
 * Kills sweeps whose configurations race for further repeats: the orchestrator at moments at which one is started and at random,
 * and everything. With one slot each must end as an undisturbed one.
 */
export function killRaces(options: PartOptions): Promise<PartResult> {
  const { short } = options;
  const sweeps = [1, 3].map(racedOn);
  if (short) return killSweeps(sweeps, { moments: 2, random: 1, who: ['orchestrator'] }, options);
  return killSweeps(sweeps, { moments: 30, random: 8, who: ['orchestrator', 'everything'] }, options);
}

function racedOn(slots: number): KilledSweep {
  return {
    name: `a race on ${slots} slots`,
    isExact: slots === 1,
    makeFolder: () => makeFolder(slots),
    // Every configuration runs once before any has a second repeat.
    isBeginning: (moment) => {
      const [, trial] = / mkdirSync .*\/\.attempts\/(\d+)-1-/.exec(moment) ?? [];
      return trial !== undefined && Number(trial) >= CONFIGURATIONS;
    },
    outcome: (folder) =>
      stored(folder).map(({ number, state, x, repeat, seed, value }) =>
        JSON.stringify([number, state, x, repeat, seed, value]),
      ),
    audit: (folder, { repeats }) => auditRace(folder, repeats),
    auditAfterKill: () => NO_FAULTS,
  };
}

function makeFolder(slots: number): ChaosFolder {
  return new ChaosFolder({
    'cfg/sweep.yaml': JSON.stringify({
      study: 'race',
      objective: { metric: 'loss', direction: 'minimize' },
      trainer: {
        command: ['sh', here('raced.sh'), '${overrides}'],
        env: { TORTURE_PAUSE_S: String(PAUSE_S) },
      },
      sampler: 'random',
      configurations: CONFIGURATIONS,
      repeats: { max: MOST_REPEATS, race: true },
      max_failures: 100,
      max_consecutive_failures: 100,
      devices: 'cpu',
      max_concurrent: slots,
      parameters: { x: { int: true, min: 1, max: 20 } },
    }),
  });
}

const stored = (folder: ChaosFolder): readonly StoredRepeat[] =>
  withCopy(folder.file('storage/hpo.db'), readRepeats);

/** Returns what is wrong with a race. `repeats`: trainers were killed, so that a trial may have begun twice. */
function auditRace(folder: ChaosFolder, repeats: boolean): Faults {
  const trials = stored(folder);
  const notes = folder.read('records').split('\n').filter(Boolean);
  const lost: string[] = [];
  const doubled: string[] = [];
  const mismatches = withCopy(folder.file('storage/hpo.db'), integrityFaults);
  const seeds: number[] = [];
  for (const { number, state, x, repeat, seed, value } of trials) {
    const name = `trial ${number} (x=${x}, repeat ${repeat})`;
    if (state !== 'COMPLETE' && state !== 'FAIL') lost.push(`${name} is left ${state}`);
    seeds[repeat] ??= seed;
    if (seeds[repeat] !== seed) mismatches.push(`${name} has the seed ${seed}, not ${seeds[repeat]}`);
    if (trials.some((other) => other.number < number && other.x === x && other.repeat === repeat))
      doubled.push(`${name} is there twice`);
    const begun = notes.filter((note) => note === `${number} ${seed} begin`).length;
    if (begun === 0) lost.push(`${name} never ran`);
    if (begun > 1 && !repeats) doubled.push(`${name} was started ${begun} times`);
    const printed = notes.filter((note) => note.startsWith(`${number} ${seed} loss=`));
    const isStored = printed.every((note) => Number(note.split('=')[1]) === value);
    if (!isStored || printed.length > 0 !== (state === 'COMPLETE'))
      mismatches.push(`${name} is ${state} with ${value}, and printed ${printed}`);
  }
  const configurations = new Set(trials.map(({ x }) => x)).size;
  if (configurations !== CONFIGURATIONS) lost.push(`${configurations} configurations, not ${CONFIGURATIONS}`);
  // Repeats are taken in order, so that all configurations share the first seeds.
  for (const x of new Set(trials.map((trial) => trial.x))) {
    const own = trials.filter((trial) => trial.x === x).map(({ repeat }) => repeat);
    if (own.toSorted((a, b) => a - b).some((repeat, k) => repeat !== k) || own.length > MOST_REPEATS)
      mismatches.push(`x=${x} has the repeats ${own}`);
  }
  if (trials.every(({ repeat }) => repeat === 0)) mismatches.push('nothing was raced');
  return {
    lost,
    doubled,
    mismatches: [...mismatches, ...folder.trainers().map((pid) => `process ${pid} is left`)],
  };
}

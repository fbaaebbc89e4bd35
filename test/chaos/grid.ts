import { type Faults, joinFaults, NO_FAULTS } from './audit.js';
import { integrityFaults, readParams, withCopy } from './database.js';
import { ChaosFolder, here } from './folder.js';
import type { PartOptions, PartResult } from './part.js';

/** Runs several processes on one grid at once: each point must be tried once, and no process may fail for a lock. */
export async function raceOnGrid({ short, say }: PartOptions): Promise<PartResult> {
  const { rounds, processes, side } = short
    ? { rounds: 1, processes: 4, side: 5 }
    : { rounds: 50, processes: 8, side: 10 };
  let faults: Faults = NO_FAULTS;
  let trials = 0;
  for (let round = 1; round <= rounds; round++) {
    const result = await oneRound(processes, side);
    faults = joinFaults(faults, result.faults);
    trials += result.trials;
    if (round % 5 === 0) say(`grid: ${round} of ${rounds} rounds`);
  }
  return { figures: { rounds, processes, points: side * side, trials }, faults };
}

async function oneRound(processes: number, side: number): Promise<{ trials: number; faults: Faults }> {
  const values = Array.from({ length: side }, (_, k) => k + 1);
  const folder = new ChaosFolder({
    'cfg/sweep.yaml': JSON.stringify({
      study: 'grid',
      objective: { metric: 'loss', direction: 'minimize' },
      trainer: { command: ['sh', here('point.sh'), '${overrides}'] },
      sampler: 'grid',
      devices: 'cpu',
      max_concurrent: 1,
      parameters: { x: values, y: values },
    }),
  });
  try {
    // No process creates the study beforehand: that is part of the race.
    const calls = await Promise.all(
      Array.from({ length: processes }, () => folder.start(['optimize']).ended),
    );
    const complaints = calls
      .filter(({ code, stderr }) => code !== 0 || /locked|busy|error/i.test(stderr))
      .map(({ code, stdout, stderr }) => `a process exited ${code}: ${stderr || stdout}`);
    return withCopy(folder.file('storage/hpo.db'), (database) => {
      const tried = readParams(database);
      const wanted = values.flatMap((x) => values.map((y) => `x=${x} y=${y} COMPLETE`));
      const times = (point: string) => tried.filter((one) => one === point).length;
      const started = folder.read('records').split('\n').filter(Boolean);
      const lost = wanted.filter((point) => times(point) === 0);
      const doubled = wanted.filter((point) => times(point) > 1);
      if (new Set(started).size !== started.length) doubled.push('a trainer was started twice');
      const mismatches = [...complaints, ...integrityFaults(database)];
      if (tried.length !== wanted.length) mismatches.push(`${tried.length} trials, not ${wanted.length}`);
      if (started.length !== wanted.length) mismatches.push(`${started.length} starts, not ${wanted.length}`);
      return { trials: tried.length, faults: { lost, doubled, mismatches } };
    });
  } finally {
    folder.remove();
  }
}

import { type KilledSweep, type Killing, killSweeps, RANDOM } from './killed-sweeps.js';
import type { PartOptions, PartResult } from './part.js';
import { auditNeeded, auditSchedule, scheduleOutcome } from './schedule-audit.js';
import {
  EVERY_SCHEDULER,
  EVERY_TRAINER,
  isExact,
  KEPT,
  makeFolder,
  type ScheduledSweep,
} from './scheduled-sweep.js';

const ORCHESTRATOR = ['orchestrator'] as const;

/**
 * Kills sweeps whose trials are paused and continued: the orchestrator at moments of promotions and at random, its trainers,
 * their supervisors, and all of them. With one slot each must end as an undisturbed one.
 */
export function killSchedules(options: PartOptions): Promise<PartResult> {
  return kill(EVERY_SCHEDULER, options, {
    short: { moments: 1, random: 1, who: ['everything'] },
    long: { moments: 10, random: 2, who: RANDOM },
  });
}

/** The same with trainers that ignore their target, that take long to save, and that crash while they save. */
export function killTrainersThatDisobey(options: PartOptions): Promise<PartResult> {
  return kill(EVERY_TRAINER, options, {
    short: { moments: 1, random: 1, who: ORCHESTRATOR },
    long: { moments: 2, random: 1, who: RANDOM },
  });
}

/** The same where the checkpoints of the three best trials are kept: no others are, and none of them is ever missing. */
export function killWhatKeepsCheckpoints(options: PartOptions): Promise<PartResult> {
  return kill(KEPT, options, {
    short: { moments: 1, random: 1, who: ORCHESTRATOR },
    long: { moments: 6, random: 3, who: ['orchestrator', 'everything'] },
  });
}

/** A second attempt makes a folder `00003-2-...`, and what continues another trial's checkpoint begins with a copy of it. */
const BEGINNING = / mkdirSync .*\/\.attempts\/\d+-([2-9]|\d\d)-| rm .*\/\.copies\//;

/** Returns the sweep as one that is killed. */
function killed(sweep: ScheduledSweep): KilledSweep {
  return {
    name: JSON.stringify(sweep),
    isExact: isExact(sweep),
    makeFolder: () => makeFolder(sweep),
    isBeginning: (moment) => BEGINNING.test(moment),
    outcome: scheduleOutcome,
    audit: (folder, allowed) => auditSchedule(folder, sweep, allowed),
    auditAfterKill: (folder) => auditNeeded(folder, sweep),
  };
}

/** The short form kills one kind of sweep, which the seed chooses, with one slot and with several. */
function kill(
  sweeps: readonly ScheduledSweep[],
  options: PartOptions,
  { short, long }: { readonly short: Killing; readonly long: Killing },
): Promise<PartResult> {
  const first = 2 * (options.seed % (sweeps.length / 2));
  const chosen = options.short ? sweeps.slice(first, first + 2) : sweeps;
  return killSweeps(chosen.map(killed), options.short ? short : long, options);
}

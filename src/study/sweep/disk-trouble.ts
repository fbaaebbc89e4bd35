import { isUnwritable, spaceIn } from './disk-space.js';

/** What is wrong with a disk, in texts for its warning, for its end, and for the retry of a trial that ran meanwhile. */
export type DiskTrouble = {
  readonly what: string;
  readonly wanted: string;
  readonly over: string;
  readonly infrastructureError: string;
};

/** Returns what is wrong with one of the folders; null when nothing is. `full`: nothing at all can be written. */
export function findDiskTrouble(
  outputs: string,
  folders: readonly string[],
): { readonly trouble: DiskTrouble; readonly full: boolean } | null {
  if (isUnwritable(outputs)) return { trouble: unwritable(outputs), full: true };
  for (const folder of folders) {
    const space = spaceIn(folder);
    if (space?.low) return { trouble: noSpace(`no space is left in ${folder}`), full: space.full };
  }
  return null;
}

export function noSpace(what: string): DiskTrouble {
  return {
    what,
    wanted: 'you free some space',
    over: 'there is space again: the sweep resumes',
    infrastructureError: 'the disk was full while it ran',
  };
}

/** A server that cannot be reached. `said`: the error of its storage. */
export function noAnswer(said: string): DiskTrouble {
  return {
    what: said,
    wanted: 'it answers again',
    over: 'the database answers again: the sweep resumes',
    infrastructureError: 'the database could not be reached while it ran',
  };
}

/** A server that only reads: a standby, or one that its administrator has closed. `said`: the error of its storage. */
export function onlyReads(said: string): DiskTrouble {
  return {
    what: said,
    wanted: 'it accepts writes again',
    over: 'the database accepts writes again: the sweep resumes',
    infrastructureError: 'the database accepted no writes while it ran',
  };
}

function unwritable(folder: string): DiskTrouble {
  return {
    what: `${folder} cannot be written`,
    wanted: 'it can be (a disk with errors becomes read-only: see the system log, and mount it again)',
    over: `${folder} can be written again: the sweep resumes`,
    infrastructureError: 'the disk could not be written while it ran',
  };
}

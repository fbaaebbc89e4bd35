import { accessSync, constants, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf } from '../../../core/errors.js';

/** Where leases are kept, and whether somebody chose the place. */
export type LeasePlace = { readonly dir: string; readonly chosen: boolean };

/**
 * The folder that all sweeps of this user on this machine share: HPO_LEASE_DIR, else /tmp/hpo-leases-UID. It is neither
 * TMPDIR nor XDG_RUNTIME_DIR, which differ between a terminal, cron and a batch job: each would have leases of its own.
 */
export function leasePlace(chosen: string | undefined): LeasePlace {
  if (chosen) return { dir: resolve(chosen), chosen: true };
  return { dir: `/tmp/hpo-leases-${process.getuid?.() ?? 'user'}`, chosen: false };
}

/**
 * Makes the folder where it is missing. Returns why it cannot be trusted or used, or null when it can: it must be this
 * user's and closed to others, because who can write there can keep GPUs from us.
 */
export function prepareLeaseDir(place: LeasePlace): string | null {
  try {
    mkdirSync(place.dir, { recursive: true, mode: 0o700 });
    return lookAtLeaseDir(place);
  } catch (error) {
    return messageOf(error);
  }
}

/** The same of a folder that is there; nothing is made. */
export function lookAtLeaseDir({ dir, chosen }: LeasePlace): string | null {
  try {
    // A link in /tmp may be anybody's; one that the user named is followed.
    const stat = lstatSync(chosen ? realpathSync(dir) : dir);
    if (!stat.isDirectory()) return 'it is not a folder';
    if (stat.uid !== (process.getuid?.() ?? stat.uid)) return `it belongs to another user (uid ${stat.uid})`;
    if ((stat.mode & 0o022) !== 0) return 'others may write to it';
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK);
    return null;
  } catch (error) {
    return messageOf(error);
  }
}

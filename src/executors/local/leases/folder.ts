import { accessSync, constants, lstatSync, mkdirSync, realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { messageOf } from '../../../core/errors.js';

/** The folder of leases, and whether the user named it. */
export type LeasePlace = { readonly dir: string; readonly chosen: boolean };

/**
 * Returns the folder that all sweeps of this user on this machine share: HPO_LEASE_DIR, else /tmp/hpo-leases-UID. It is
 * neither TMPDIR nor XDG_RUNTIME_DIR, which differ between a terminal, cron and a batch job: each would have its own leases.
 */
export function leasePlace(chosen: string | undefined): LeasePlace {
  if (chosen) return { dir: resolve(chosen), chosen: true };
  return { dir: `/tmp/hpo-leases-${process.getuid?.() ?? 'user'}`, chosen: false };
}

/**
 * Makes the folder where it is missing. Returns why it cannot be trusted or used, or null when it can. It must belong to this
 * user and be closed to others: a user who can write there can keep GPUs from this user's sweeps.
 */
export function prepareLeaseDir(place: LeasePlace): string | null {
  try {
    mkdirSync(place.dir, { recursive: true, mode: 0o700 });
    return lookAtLeaseDir(place);
  } catch (error) {
    return messageOf(error);
  }
}

/** Returns the same for a folder that exists. Makes nothing. */
export function lookAtLeaseDir({ dir, chosen }: LeasePlace): string | null {
  try {
    // A link in /tmp may be anybody's. A link that the user named is followed.
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

import { printable } from '../core/printable.js';

type Told = { readonly code: string; readonly what: string; readonly fix: string };

const NO_SPACE = {
  code: 'disk.full',
  what: 'no space is left to write to',
  fix: 'free some space (or raise the quota) and run the same command again',
};
const NO_FILES = {
  code: 'system.open-files',
  what: 'no more files can be opened',
  fix: 'raise the limit of open files (ulimit -n 1024, or more for many slots) and run the same command again',
};

const TOLD: Readonly<Record<string, Told>> = {
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  EMFILE: NO_FILES,
  ENFILE: NO_FILES,
};

/** The text of an error of the operating system that says nothing against hpo; null for any other. */
export function systemErrorText(error: unknown): string | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  const told = Object.hasOwn(TOLD, error.code) ? TOLD[error.code] : undefined;
  return told ? `error[${told.code}]: ${told.what}: ${printable(error.message)}\n  fix: ${told.fix}` : null;
}

import { fileURLToPath } from 'node:url';
import { HpoError } from '../core/errors.js';
import { packageFile } from '../core/package-file.js';

type Advice = { readonly code: string; readonly what: string; readonly fix: string };

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
/** Node also reports a file as missing when it may open no more files. */
const NO_PART = {
  code: 'system.hpo-files',
  what: 'a part of hpo could not be loaded',
  fix:
    'when hpo was installed again meanwhile, run the same command again; ' +
    'else raise the limit of open files (ulimit -n 1024) or reinstall hpo',
};

const ADVICE: Readonly<Record<string, Advice>> = {
  ENOSPC: NO_SPACE,
  EDQUOT: NO_SPACE,
  EMFILE: NO_FILES,
  ENFILE: NO_FILES,
};

/** Returns the message for an error of the operating system that hpo did not cause; null for any other error. */
export function systemErrorText(error: unknown): string | null {
  return systemErrorOf(error)?.format() ?? null;
}

/** Returns such an error with its code and what to do; null for any other error. */
export function systemErrorOf(error: unknown): HpoError | null {
  if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string') return null;
  const advice = adviceOn(error.code, error.message);
  return advice ? new HpoError(advice.code, `${advice.what}: ${error.message}`, { fix: advice.fix }) : null;
}

function adviceOn(code: string, message: string): Advice | undefined {
  if (code === 'ERR_MODULE_NOT_FOUND')
    return message.includes(`imported from ${fileURLToPath(packageFile('dist/'))}`) ? NO_PART : undefined;
  return Object.hasOwn(ADVICE, code) ? ADVICE[code] : undefined;
}

import { lstatSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf } from '../../../core/system-error.js';
import { IDENTITY } from '../../../liveness/identity.js';

/** What runs under a lease: for people, and to find out whether it still runs. */
export type LeaseNote = {
  readonly study: string;
  readonly trial: number;
  /** The handle of the attempt. */
  readonly handle: string;
};

/** One attempt's claim on one GPU, as its file has it. */
export type LeaseFile = {
  readonly file: string;
  /** In the form of `gpuKey`. */
  readonly gpu: string;
  /** The identity of the orchestrator that made it. */
  readonly owner: string;
  /** The token of the attempt. */
  readonly token: string;
  /** False while its sweep still checks whether there is room. */
  readonly held: boolean;
  readonly note: LeaseNote | null;
};

/** A lease that counts. `watched`: its orchestrator lives or may live. Otherwise its trainer still runs without one. */
export type Lease = LeaseFile & { readonly watched: boolean };

/** A sweep that wants one of these GPUs. */
export type WaitFile = { readonly file: string; readonly owner: string; readonly gpus: readonly string[] };

const LEASE_NAME = new RegExp(`^lease~([\\w.-]+)~(${IDENTITY})~([\\w-]+)$`);
const WAIT_NAME = new RegExp(`^wait~(${IDENTITY})$`);
const MAX_KEY_LENGTH = 100;
const HELD = 'held\n';

/** Returns the text that CUDA gets for a GPU as a part of a file's name. */
export function gpuKey(id: string): string {
  return id.replaceAll(/[^\w.-]/g, '_').slice(0, MAX_KEY_LENGTH);
}

/** Tokens come out of databases too: one that is not plain text never becomes a file's name. */
export function isPlainToken(token: string): boolean {
  return /^[\w-]{1,64}$/.test(token);
}

/**
 * The name says who holds what, so a lease is complete as soon as its file exists. No name is ever used twice: the token is
 * random, and an owner that has ended never returns.
 */
export function leaseName(gpu: string, owner: string, token: string): string {
  return `lease~${gpu}~${owner}~${token}`;
}

export function waitName(owner: string): string {
  return `wait~${owner}`;
}

/** Returns the text of a held lease. The handle is called `dir` in it, as every version of hpo on this machine reads it. */
export function leaseText(note: LeaseNote | null): string {
  if (note === null) return HELD;
  const { study, trial, handle: dir } = note;
  return `${HELD}${JSON.stringify({ study, trial, dir })}\n`;
}

/** Returns null for a file that is not a lease. The content of a lease may be torn or missing. */
export function readLease(dir: string, name: string): LeaseFile | null {
  const match = LEASE_NAME.exec(name);
  const text = match === null ? null : readText(join(dir, name));
  if (match === null || text === null) return null;
  const [, gpu = '', owner = '', token = ''] = match;
  return { file: name, gpu, owner, token, held: text !== '', note: parseNote(text) };
}

export function readWait(dir: string, name: string): WaitFile | null {
  const owner = WAIT_NAME.exec(name)?.[1];
  const text = owner === undefined ? null : readText(join(dir, name));
  return owner === undefined || text === null ? null : { file: name, owner, gpus: text.split('\n') };
}

function parseNote(text: string): LeaseNote | null {
  try {
    const note: unknown = JSON.parse(text.split('\n')[1] ?? '');
    if (typeof note !== 'object' || note === null) return null;
    const { study, trial, dir } = note as {
      readonly study?: unknown;
      readonly trial?: unknown;
      readonly dir?: unknown;
    };
    if (typeof study !== 'string' || typeof trial !== 'number' || typeof dir !== 'string') return null;
    return { study, trial, handle: dir };
  } catch {
    return null;
  }
}

/**
 * Returns null for a file that has been removed and for what is not a file: reading a pipe would wait forever. A file that
 * cannot be read at the moment (too many open files) counts: its name alone keeps a GPU.
 */
function readText(file: string): string | null {
  try {
    return lstatSync(file).isFile() ? readFileSync(file, 'utf8') : null;
  } catch (error) {
    return codeOf(error) === 'ENOENT' ? null : '';
  }
}

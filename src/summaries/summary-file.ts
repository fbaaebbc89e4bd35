import { randomBytes } from 'node:crypto';
import {
  closeSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { makeFolder } from '../liveness/folders.js';

const MAGIC = 'hposum01';
/** Magic and checksum; a multiple of 8, so that columns of doubles lie at their places. */
const HEAD = 16;
/** Summaries that nobody has used for so long are removed when another one is written. */
const KEPT_MS = 30 * 24 * 3600 * 1000;

/** Returns the bytes of a stored summary; null without one, and for one that was not written to its end. */
export function readSummary(folder: string, key: string): Uint8Array | null {
  const file = join(folder, key);
  try {
    const bytes = readFileSync(file);
    const body = bytes.subarray(HEAD);
    const isWhole = bytes.toString('latin1', 0, 8) === MAGIC && bytes.readDoubleLE(8) === crc32(body);
    if (!isWhole || body.byteOffset % 8 !== 0) return null;
    const now = new Date();
    utimesSync(file, now, now);
    return body;
  } catch {
    // There is none, or it cannot be read: the database has everything.
    return null;
  }
}

/**
 * Writes a summary beside the old one and renames it, so that a reader has the old or the new one. Where it cannot be
 * written, there is none.
 */
export function writeSummary(folder: string, key: string, parts: readonly Uint8Array[]): void {
  const temporary = join(folder, `${key}.${randomBytes(4).toString('hex')}.tmp`);
  try {
    makeFolder(folder);
    const head = Buffer.alloc(HEAD);
    head.write(MAGIC, 'latin1');
    head.writeDoubleLE(
      parts.reduce((sum, part) => crc32(part, sum), 0),
      8,
    );
    const to = openSync(temporary, 'wx', 0o600);
    try {
      for (const part of [head, ...parts]) for (let at = 0; at < part.length; ) at += writeSync(to, part, at);
    } finally {
      closeSync(to);
    }
    renameSync(temporary, join(folder, key));
    removeOld(folder);
  } catch {
    discard(temporary);
  }
}

function removeOld(folder: string): void {
  const oldest = Date.now() - KEPT_MS;
  for (const name of readdirSync(folder)) {
    const file = join(folder, name);
    if ((statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? oldest) < oldest)
      rmSync(file, { force: true });
  }
}

function discard(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The folder cannot be written, so nothing is there.
  }
}

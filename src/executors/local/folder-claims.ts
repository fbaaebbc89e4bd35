import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { codeOf } from '../../core/system-error.js';

/** The study that a folder of outputs belongs to. */
export type Claim = {
  /** The study's random identifier. */
  readonly uid: string;
  /** Real path of its database; null for a study in memory. */
  readonly database: string | null;
  /** The orchestrator that wrote the claim. */
  readonly owner: string;
};

/** The claim in force. `number` 0 and null: there is none. A null claim with a number cannot be read. */
export type Claimed = { readonly number: number; readonly claim: Claim | null };

const CLAIMS = '.study';
/** How long a claim may be half written. */
const TRIES = 20;
const PAUSE_MS = 25;

// Claims are files 1, 2, ... that never change; the highest one is in force. The process that creates number n + 1 first has
// the folder instead of claim n. So no two processes can both have it, and a process that is killed leaves no lock behind.

/** Returns the claim in force on a folder. */
export async function readClaim(folder: string): Promise<Claimed> {
  for (let tries = 1; ; tries++) {
    const number = highest(folder);
    const claim = number === 0 ? null : parse(readText(join(folder, CLAIMS, String(number))));
    if (number === 0 || claim !== null || tries === TRIES) return { number, claim };
    await delay(PAUSE_MS);
  }
}

/** Claims a folder from the holder of claim `number`, and makes it if needed. False when another process was first. */
export function takeClaim(folder: string, number: number, claim: Claim): boolean {
  const claims = join(folder, CLAIMS);
  mkdirSync(claims, { recursive: true });
  try {
    writeFileSync(join(claims, String(number + 1)), `${JSON.stringify(claim)}\n`, {
      flag: 'wx',
      flush: true,
    });
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
  // Others may have claimed the next numbers and removed this one before it was created here again.
  if (highest(folder) !== number + 1) return false;
  for (const old of numbers(folder)) if (old <= number) rmSync(join(claims, String(old)), { force: true });
  return true;
}

/**
 * Returns whether a claim is still in force. Makes it again where somebody has deleted the folder. A claim that cannot be
 * read counts as in force.
 */
export function keepClaim(folder: string, claim: Claim): boolean {
  if (highest(folder) === 0 && takeClaim(folder, 0, claim)) return true;
  const found = parse(readText(join(folder, CLAIMS, String(highest(folder)))));
  return found === null || found.uid === claim.uid;
}

const KEEP_EVERY_MS = 1000;

/** Makes a claim again whenever its folder was deleted, so that no other study claims it. Returns how to stop that. */
export function keepClaiming(folder: string, claim: Claim): () => void {
  const timer = setInterval(() => {
    try {
      keepClaim(folder, claim);
    } catch {
      // A launch meets the same error and reports it.
    }
  }, KEEP_EVERY_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function highest(folder: string): number {
  return Math.max(0, ...numbers(folder));
}

function numbers(folder: string): number[] {
  try {
    return readdirSync(join(folder, CLAIMS))
      .filter((name) => /^[1-9]\d*$/.test(name))
      .map(Number);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return '';
    throw error;
  }
}

/** Complete only with its newline. */
function parse(text: string): Claim | null {
  if (!text.endsWith('\n')) return null;
  try {
    const { uid, database, owner } = JSON.parse(text) as Record<string, unknown>;
    const isPlace = database === null || typeof database === 'string';
    return typeof uid === 'string' && typeof owner === 'string' && isPlace ? { uid, database, owner } : null;
  } catch {
    return null;
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { TOKEN_VARIABLE } from '../../../../src/executors/local/env.js';
import { Leases } from '../../../../src/executors/local/leases/leases.js';
import { ownIdentity } from '../../../../src/liveness/identity.js';
import { livenessAs } from '../../../support/liveness.js';

export const token = () => randomUUID();

export function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hpo-leases-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** Leases in this folder as a process of this name keeps them. */
export function leasesOf(dir: string, owner = ownIdentity()): Leases {
  const onTrouble = (error: unknown) => {
    throw error;
  };
  return new Leases({ dir, liveness: livenessAs(owner), onTrouble });
}

/** A process that does nothing but live; it carries the token of an attempt, if one is given. */
export function spawnProcess(attempt?: string): ChildProcess {
  const env = { ...process.env, ...(attempt === undefined ? {} : { [TOKEN_VARIABLE]: attempt }) };
  const child = spawn('sleep', ['600'], { stdio: 'ignore', env });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  return child;
}

/** Kills it and waits until it is gone. */
export function end(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

/** `BOOT:PID:TICKS` of a process that lives, as earlier versions wrote it. */
export function ownerOf({ pid }: ChildProcess): string {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  return `${boot}:${pid}:${stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]}`;
}

/** The name of a process that was killed. */
export async function deadOwner(): Promise<string> {
  const child = spawnProcess();
  const owner = ownerOf(child);
  await end(child);
  return owner;
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CLI } from '../scale/database.js';
import type { Place } from './servers.js';

export type ReportFile = { readonly bytes: number; readonly ms: number };

/** Writes the page of a study with its data into one file, and measures both. */
export function measureReport({ database, study, cache }: Place): ReportFile {
  const folder = mkdtempSync(join(tmpdir(), 'hpo-bench-report-'));
  try {
    const file = join(folder, 'report.html');
    const args = ['dashboard', '--storage', `sqlite:${database}`, '--study', study, '--out', file];
    const beganMs = performance.now();
    execFileSync(process.execPath, [CLI, ...args], {
      env: { ...process.env, XDG_CACHE_HOME: cache },
      stdio: 'pipe',
    });
    return { ms: performance.now() - beganMs, bytes: statSync(file).size };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

import { setMaxListeners } from 'node:events';
import { fileURLToPath } from 'node:url';
import { packageFile } from '../../core/package-file.js';
import { runWithTimeout, type TimedRun } from '../../executors/run-with-timeout.js';
import { passwordVariable } from '../../storage/conceal.js';
import type { DoctorOptions, Row, Status } from './check.js';
import { readManifest } from './manifest.js';
import { GROUPS, type Group, type Part, parts } from './parts.js';

/** A worker's lines with a row start with this. */
export const MARK = 'HPO-DOCTOR ';

export type Report = {
  /** False when something that hpo needs has failed. */
  readonly ok: boolean;
  readonly version: string;
  readonly counts: Readonly<Record<Status, number>>;
  readonly checks: readonly (Row & { readonly group: Group })[];
};

/** Runs all parts at once, each in its own process, which may crash or hang. Never rejects because of a check. */
export async function examine(options: DoctorOptions, signal?: AbortSignal): Promise<Report> {
  // Each part listens to it at once. Node takes more than ten for a leak.
  if (signal) setMaxListeners(parts.length, signal);
  const found = await Promise.all(
    parts.map(async (part) => ({ group: part.group, rows: await examinePart(part, options, signal) })),
  );
  const trainer = found.filter(({ group }) => group === 'trainer').flatMap(({ rows }) => rows);
  const { summarize } = await import('./trainer.js');
  const all = [...found, { group: 'trainer' as const, rows: [summarize(trainer)] }];
  const checks = GROUPS.flatMap((group) =>
    all.filter((each) => each.group === group).flatMap(({ rows }) => rows.map((row) => ({ group, ...row }))),
  );
  const count = (status: Status) => checks.filter((check) => check.status === status).length;
  const counts = { ok: count('ok'), info: count('info'), warn: count('warn'), fail: count('fail') };
  return { ok: counts.fail === 0, version: readManifest().version, counts, checks };
}

async function examinePart(
  part: Part,
  options: DoctorOptions,
  signal?: AbortSignal,
): Promise<readonly Row[]> {
  const worker = fileURLToPath(packageFile('dist/cli/doctor/worker.js'));
  const ran = await runWithTimeout(process.execPath, [worker, part.name, JSON.stringify(options)], {
    limitMs: options.limitMs,
    signal,
    env: { ...process.env, ...passwordVariable(options.storage) },
  });
  const rows = readRows(ran.stdout);
  // A library may also end the process normally.
  const what = howItDied(ran, options.limitMs) ?? (rows.length === 0 ? 'ended without output' : null);
  return what === null ? rows : [...rows, { name: part.name, ...(await part.died(what)) }];
}

/** Returns the rows of a worker's output. Libraries may print other lines. */
export function readRows(stdout: string): Row[] {
  return stdout.split('\n').flatMap((line) => {
    if (!line.startsWith(MARK)) return [];
    try {
      return [JSON.parse(line.slice(MARK.length)) as Row];
    } catch {
      return []; // cut off by the end of the process, which is reported separately
    }
  });
}

function howItDied(ran: TimedRun, limitMs: number): string | null {
  if (ran.kind === 'late') return `did not end within ${limitMs / 1000} s`;
  if (ran.kind === 'missing') return `could not be started: ${ran.stderr}`;
  if (ran.signal !== null) return `was killed by ${ran.signal}`;
  if (ran.exitCode === 0) return null;
  const said = ran.stderr.trim().split('\n').at(-1) ?? '';
  return `ended with exit code ${ran.exitCode}${said === '' ? '' : `: ${said}`}`;
}

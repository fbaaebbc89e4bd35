import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { hostFolder } from '../../liveness/host-folder.js';
import { HAS_PROC, uptimeMs } from '../../liveness/proc.js';
import type { AttemptGuard, GuardedAttempt } from '../trainer-setup.js';

/**
 * The guard of one worker: a fixed text, whose arguments are never evaluated. It outlives hpo in its own session, and ends
 * trainers when the time in `until` (centiseconds since the machine was started) has passed. Each other entry of its folder
 * is a link, named by an attempt's token, to the folder of the attempt. An attempt whose file `lease` names another guard
 * belongs to that one.
 *
 * The order is that of local/stop.ts: a note, TERM to all, a delay, KILL to all but the supervisors, which write the exit codes,
 * and at last KILL to their groups.
 */
const SCRIPT = `hpo_d=$1; hpo_o=$2; hpo_g=$3; hpo_i=$4
PATH=/usr/bin:/bin:$PATH
hpo_wait() { sleep "$1" 2>/dev/null || sleep 1; }
hpo_each() {
  for hpo_f in "$hpo_d"/*; do
    [ -L "$hpo_f" ] || continue
    hpo_w=; { read -r hpo_w < "$hpo_f/lease"; } 2>/dev/null
    if [ "$hpo_w" != "$hpo_d" ] || [ -e "$hpo_f/exit" ]; then rm -f "$hpo_f"; continue; fi
    hpo_t=\${hpo_f##*/}; hpo_s=; { read -r hpo_s < "$hpo_f/pid"; } 2>/dev/null
    hpo_p=$(grep -lsF -e "$hpo_t" /proc/[0-9]*/environ)
    hpo_signal "$1"
  done
}
hpo_signal() {
  case $1 in
    TERM) ( set -C; echo interrupted > "$hpo_f/stop" ) 2>/dev/null ;;
    LAST) grep -qsF -e "$hpo_t" "/proc/$hpo_s/environ" && kill -s KILL -- "-$hpo_s" 2>/dev/null; return ;;
  esac
  for hpo_e in $hpo_p; do
    hpo_e=\${hpo_e#/proc/}; hpo_e=\${hpo_e%/environ}
    if [ "$hpo_e" = "$hpo_s" ]; then [ "$1" = KILL ] || kill -s TERM -- "-$hpo_s" 2>/dev/null
    else kill -s "$1" "$hpo_e" 2>/dev/null; fi
  done
}
while [ -d "$hpo_d" ]; do
  hpo_u=; hpo_n=; { read -r hpo_u < "$hpo_d/until"; read -r hpo_n hpo_r < /proc/uptime; } 2>/dev/null
  if [ -n "$hpo_u" ] && [ -n "$hpo_n" ] && [ "\${hpo_n%.*}\${hpo_n#*.}" -ge "$hpo_u" ]; then
    hpo_each TERM; hpo_wait "$hpo_g"; hpo_each KILL; hpo_wait 0.3; hpo_each LAST
    kill -0 "$hpo_o" 2>/dev/null || rm -rf "$hpo_d"
  fi
  for hpo_f in "$hpo_d"/*; do [ ! -L "$hpo_f" ] || break; done
  [ -L "$hpo_f" ] || kill -0 "$hpo_o" 2>/dev/null || rm -rf "$hpo_d"
  hpo_wait "$hpo_i"
done
`;

/** How often the guard looks at the time, as a share of the lease, and at most. */
const LOOK_SHARE = 0.05;
const LONGEST_LOOK_MS = 1000;
/** Between the TERM and the KILL of the guard. */
const GRACE_SHARE = 0.1;
const LONGEST_GRACE_MS = 5000;
const AGAIN_MS = 1000;

export type WorkerGuard = AttemptGuard & {
  /** Without another renewal trainers end at this time of `uptimeMs`. */
  renewed(untilUptimeMs: number): void;
  /** Nothing runs any more. */
  close(): void;
};

/**
 * Starts the guard of a worker. Null where there can be none (no /proc, no folder): then only the worker itself ends its
 * trainers. `graceMs`: what the worker gives them.
 */
export function openLeaseGuard({
  leaseMs,
  graceMs,
}: {
  readonly leaseMs: number;
  readonly graceMs: number;
}): WorkerGuard | null {
  const above = HAS_PROC ? hostFolder('guards') : null;
  if (above === null) return null;
  const folder = join(above, randomBytes(8).toString('hex'));
  let until = 0;
  const words = [
    LONGEST_GRACE_MS < leaseMs * GRACE_SHARE ? LONGEST_GRACE_MS : leaseMs * GRACE_SHARE,
    Math.min(LONGEST_LOOK_MS, leaseMs * LOOK_SHARE),
  ].map((ms) => String(ms / 1000));
  let running: { close(): void } | null = null;
  const entry = ({ token }: GuardedAttempt) => join(folder, token);
  return {
    graceMs,
    renewed: (untilUptimeMs) => {
      until = untilUptimeMs;
      try {
        mkdirSync(folder, { recursive: true, mode: 0o700 });
        writeFileSync(join(folder, 'until.new'), `${Math.round(until / 10)}\n`);
        renameSync(join(folder, 'until.new'), join(folder, 'until'));
      } catch {
        // A full disk: the guard is stricter than it need be.
      }
      running ??= keepRunning(folder, words);
    },
    take: (attempt) => {
      try {
        symlinkSync(attempt.dir, entry(attempt));
        writeFileSync(join(attempt.dir, 'lease'), `${folder}\n`);
      } catch {
        // What could not be written is ended by the worker alone.
      }
      return uptimeMs() < until;
    },
    release: (attempt) => rmSync(entry(attempt), { force: true }),
    close: () => {
      running?.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Starts the script, and again when somebody has ended it. */
function keepRunning(folder: string, words: readonly string[]): { close(): void } {
  let isClosed = false;
  let child: ChildProcess | null = null;
  const start = () => {
    if (isClosed) return;
    child = spawn('/bin/sh', ['-c', SCRIPT, 'hpo-lease-guard', folder, String(process.pid), ...words], {
      cwd: '/',
      env: {},
      stdio: 'ignore',
      detached: true,
    });
    child.unref();
    // One that could not be started, for want of processes or files, has no exit.
    let isOver = false;
    const again = () => {
      if (!isOver) setTimeout(start, AGAIN_MS).unref();
      isOver = true;
    };
    child.once('exit', again).on('error', again);
  };
  start();
  return {
    close: () => {
      isClosed = true;
      child?.kill();
    },
  };
}

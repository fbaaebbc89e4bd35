import { spawn } from 'node:child_process';
import { ALIVE_FD, ALIVE_PIPE } from './alive-pipe.js';
import { notedPlace } from './trainer-record.js';
import type { UsageCommand } from './usage.js';

/**
 * The whole supervisor. It is a fixed text. Folder, log and command are its arguments, so nothing is evaluated. It outlives
 * hpo in its own session and writes how the trainer ended.
 *
 * `set -C` makes `>` fail on an existing file: the process that creates `pid` owns the launch. The pipe is opened before that, so that
 * it never looks free while the attempt runs; where it cannot be made the attempt runs without one. The trap keeps the shell
 * alive under signals to the group. It must not be `trap ''`, which the trainer would inherit. The log holds the trainer's
 * output alone, without the shell's messages about its end. `trainer` holds what /proc shows of the process that becomes the
 * trainer (little where there is no /proc). Without that file no process could be made, and the shell's exit says nothing of
 * the trainer. `exit` is complete only with its newline. Users export no variables of these names.
 *
 * Where the attempt is measured, one more shell starts the trainer, writes `end` and becomes the program that prints what its
 * children used. This program fails alone: the exit code is known by then.
 */
const SCRIPT = `hpo_d=$1; hpo_l=$2; hpo_w=$3; hpo_u=$4; hpo_f=$5; hpo_p=$6; shift 6; set -C
hpo_t() {
  { read -r hpo_s < /proc/self/stat; } 2>/dev/null; { echo "$hpo_w $hpo_s" > "$hpo_d/trainer"; } 2>/dev/null
  exec "$@"
}
{ PATH=/usr/bin:/bin:$PATH mkfifo "$hpo_d/${ALIVE_PIPE}" && command exec ${ALIVE_FD}<>"$hpo_d/${ALIVE_PIPE}"; } 2>/dev/null
{ echo "$$" > "$hpo_d/pid"; } 2>/dev/null || exit 125
trap : HUP INT TERM
if [ -z "$hpo_u" ]; then ( hpo_t "$@" ) >>"$hpo_l" 2>&1 </dev/null; hpo_c=$?
else
  ( trap : HUP INT TERM; ( hpo_t "$@" ) >>"$hpo_l" 2>&1 </dev/null; hpo_c=$?; hpo_e=
    { read -r hpo_e hpo_s < /proc/uptime; } 2>/dev/null; echo "$hpo_c $hpo_e" > "$hpo_d/end"
    unset PERL5OPT PERL5LIB; [ "$hpo_u" = - ] || exec "$hpo_u" "$hpo_f" "$hpo_p" ) >"$hpo_d/usage" 2>/dev/null </dev/null
  hpo_c=$?; { read -r hpo_c hpo_s < "$hpo_d/end"; } 2>/dev/null
fi
echo "$hpo_c" > "$hpo_d/exit"
`;

export type Launch = {
  /** Absolute; holds `pid`, `alive`, `trainer` and `exit`. */
  readonly dir: string;
  readonly log: string;
  /** Program, as a path with a slash, and arguments. */
  readonly command: readonly string[];
  readonly cwd: string;
  /** Measures the attempt: the program `usageCommand` names, or none for its times alone; null: it is not measured. */
  readonly measure: UsageCommand | 'times' | null;
  /** On top of the inherited environment. Undefined: not inherited. */
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** How the supervisor itself ended, which says nothing of its trainer. `failed`: it could not be started. */
export type SupervisorEnd = { readonly kind: 'ended' } | { readonly kind: 'failed'; readonly error: unknown };

function measureWords(measure: Launch['measure']): readonly string[] {
  if (measure === null) return ['', '', ''];
  return measure === 'times' ? ['-', '', ''] : measure;
}

/**
 * Starts a supervisor and waits for its end. Never rejects.
 *
 * Uses Node's spawn and not a library: what a library adds is of no use for a process that must outlive hpo, and costs
 * milliseconds between one trainer's end and the next one's start.
 */
export function supervise(launch: Launch): Promise<SupervisorEnd> {
  return new Promise((resolve) => {
    const failed = (error: unknown) => resolve({ kind: 'failed', error });
    try {
      const child = spawn(
        '/bin/sh',
        [
          '-c',
          SCRIPT,
          'hpo-supervisor',
          launch.dir,
          launch.log,
          notedPlace(),
          ...measureWords(launch.measure),
          ...launch.command,
        ],
        { cwd: launch.cwd, env: { ...process.env, ...launch.env }, stdio: 'ignore', detached: true },
      );
      // A supervisor whose trainer cannot be ended must not keep hpo from ending.
      child.unref();
      child.once('error', failed);
      child.once('exit', () => resolve({ kind: 'ended' }));
    } catch (error) {
      // spawn throws on what no process can be given, such as an argument with a NUL byte.
      failed(error);
    }
  });
}

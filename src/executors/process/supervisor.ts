import { spawn } from 'node:child_process';

/**
 * The whole supervisor. It is a fixed text; folder, log and command reach it as arguments, so nothing is evaluated.
 * It outlives hpo in a session of its own and writes how the trainer ended.
 *
 * `set -C` makes `>` fail on an existing file: whoever creates `pid` owns the launch. The trap keeps the shell alive
 * under signals to the group; it must not be `trap ''`, which the trainer would inherit. `trainer` holds what /proc says
 * of the process that becomes the trainer (nothing where there is no /proc): without it no process could be made, and the
 * shell's end says nothing of the trainer. `exit` is complete only with its newline.
 */
const SCRIPT = `d=$1; l=$2; shift 2; set -C
{ echo "$$" > "$d/pid"; } 2>/dev/null || exit 125
trap : HUP INT TERM
( { read -r s < /proc/self/stat; } 2>/dev/null; { echo "$s" > "$d/trainer"; } 2>/dev/null; exec "$@" ) >>"$l" 2>&1 </dev/null
echo "$?" > "$d/exit"
`;

export type Launch = {
  /** Absolute; holds `pid` and `exit`. */
  readonly dir: string;
  readonly log: string;
  /** Program (with a slash in it) and arguments. */
  readonly command: readonly string[];
  readonly cwd: string;
  /** On top of the inherited environment; what is undefined is not inherited. */
  readonly env: Readonly<Record<string, string | undefined>>;
};

/** How the supervisor itself ended, which says nothing about its trainer; `failed` when it could not be started. */
export type SupervisorEnd = { readonly kind: 'ended' } | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Starts a supervisor and waits for its end. Never rejects.
 *
 * Node's own spawn and not execa: all that execa adds is turned off for a process that must outlive us, and it costs
 * two milliseconds between one trainer's end and the next one's start.
 */
export function supervise(launch: Launch): Promise<SupervisorEnd> {
  return new Promise((resolve) => {
    const failed = (error: unknown) => resolve({ kind: 'failed', error });
    try {
      const child = spawn(
        '/bin/sh',
        ['-c', SCRIPT, 'hpo-supervisor', launch.dir, launch.log, ...launch.command],
        { cwd: launch.cwd, env: { ...process.env, ...launch.env }, stdio: 'ignore', detached: true },
      );
      child.once('error', failed);
      child.once('exit', () => resolve({ kind: 'ended' }));
    } catch (error) {
      // spawn throws at once on what no process can be given, such as an argument with a NUL byte.
      failed(error);
    }
  });
}

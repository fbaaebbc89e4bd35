import { shellWord } from '../../core/shell-word.js';

/** How often a job shows that it runs, in seconds. */
const BEAT_S = 10;

/** The line in the log by which a reader knows that the job began again: steps are counted from there. */
export function restartMark(token: string): string {
  return `hpo: the job of attempt ${token} begins again`;
}

/**
 * The fixed part of a job. Folder, environment and command are set above it, each word quoted, so nothing is evaluated.
 *
 * `set -C` makes `>` fail on an existing file: the job that creates `pid` owns the attempt. A second job of the same attempt,
 * and one whose launch was revoked, end at once. A job that the queue starts again (preemption, a lost node) finds its own id
 * there and continues: it keeps its attempt.
 *
 * The trainer is in the foreground of a second shell, which writes down its exit code. bash 5.2 loses the code of a process in the
 * background that ends while a signal arrives: `wait` then returns -1, for good.
 *
 * TERM reaches the trainer by the queue. USR2 is a warning (the time is almost over): it is passed on to a trainer that
 * handles it, since others would die of it. A queue sends TERM to one process after the other: where the trainer has died of it, the
 * script waits for its own, by which hpo knows that the queue ended the job and not the trainer itself. `exit` is complete only with its newline. The shell itself writes it: a program that it
 * starts then may get the TERM that ended the trainer, and die of it.
 */
const BODY = `
hpo_i=$HPO_JOB_ID; unset HPO_JOB_ID
set -C
if ! { echo "$hpo_i" > "$hpo_d/pid"; } 2>/dev/null; then
  { read -r hpo_o < "$hpo_d/pid"; } 2>/dev/null
  [ "\${hpo_o-}" = "$hpo_i" ] || exit 0
  printf '\\n%s\\n' "$hpo_m" >> "$hpo_d/log"
fi
set +C
rm -f "$hpo_d"/{exit,ended,code,child}
uname -n > "$hpo_d/host"
hpo_end() { kill "$hpo_b" 2>/dev/null; echo "$1" > "$hpo_d/exit"; exit "$1"; }
hpo_warn() {
  read -r hpo_p < "$hpo_d/child"
  while read -r hpo_n hpo_v; do case $hpo_n/$hpo_v in SigCgt:/*[89a-f]??) kill -USR2 "$hpo_p";; esac; done < "/proc/$hpo_p/status"
}
hpo_run() {
  trap ': > "$hpo_d/ended"' TERM; trap : HUP INT USR2
  ( trap - HUP INT TERM USR2; echo "$BASHPID" > "$hpo_d/child"; exec "$@" ) >> "$hpo_d/log" 2>&1 </dev/null
  echo "$?" > "$hpo_d/code"
}
hpo_b=
trap ': > "$hpo_d/ended"' TERM
trap 'hpo_warn 2>/dev/null' USR2
trap : HUP INT
env -i PATH=/usr/bin:/bin bash -c 'while kill -0 "$1"; do echo > "$0"; sleep ${BEAT_S}; done' "$hpo_d/beat" $$ </dev/null >/dev/null 2>&1 &
hpo_b=$!
cd "$hpo_w" || { echo "hpo: the trainer's folder $hpo_w cannot be entered on $(uname -n)" >> "$hpo_d/log"; hpo_end 126; }
if [ -e "$hpo_d/prologue.sh" ]; then
  . "$hpo_d/prologue.sh" >> "$hpo_d/log" 2>&1 </dev/null || { echo 'hpo: error: modules or prologue failed' >> "$hpo_d/log"; hpo_end 126; }
fi
export HPO_DEVICE="\${CUDA_VISIBLE_DEVICES:-cpu}"
[ -n "\${OMP_NUM_THREADS-}" ] || [ -z "\${SLURM_CPUS_PER_TASK-}" ] || export OMP_NUM_THREADS=$SLURM_CPUS_PER_TASK
hpo_run "$@" &
hpo_c=$!
until [ -s "$hpo_d/code" ] || ! kill -0 "$hpo_c" 2>/dev/null; do wait "$hpo_c"; done
hpo_e=137; { read -r hpo_e < "$hpo_d/code"; } 2>/dev/null
[ "$hpo_e" != 143 ] || [ -e "$hpo_d/ended" ] || [ -e "$hpo_d/stop" ] || sleep 3
hpo_end "$hpo_e"
`;

export type JobScript = {
  readonly token: string;
  readonly dir: string;
  readonly cwd: string;
  readonly command: readonly string[];
  /** On top of the job's environment. Undefined: not inherited. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** An expression of bash for the id of the job, from the queue's own variables. */
  readonly jobId: string;
};

/** Returns the whole text of a job's script, for bash. */
export function jobScript({ token, dir, cwd, command, env, jobId }: JobScript): string {
  return [
    '#!/bin/bash',
    `# An attempt of a trial of hpo. Its output is in ${JSON.stringify(`${dir}/log`)}.`,
    ...variableLines(env),
    `hpo_d=${quoted(dir)} hpo_w=${quoted(cwd)} hpo_m=${quoted(restartMark(token))} HPO_JOB_ID=${jobId}`,
    `set -- ${command.map(quoted).join(' ')}`,
    BODY,
  ].join('\n');
}

/** Returns the lines of bash that set these variables. */
export function variableLines(env: JobScript['env']): readonly string[] {
  return Object.entries(env)
    .map(([name, value]) => (value === undefined ? `unset ${name}` : `export ${name}=${quoted(value)}`))
    .filter((line) => /^(?:unset|export) [A-Za-z_]\w*(?:=|$)/.test(line));
}

/** Returns the commands that load modules and then the user's own lines; empty where there are neither. */
export function prologueText(modules: readonly string[], lines: string): string {
  if (modules.length === 0 && lines === '') return '';
  const load = [
    // A job's bash is no login shell: where the function is not exported, the profile defines it.
    'type module >/dev/null 2>&1 || . /etc/profile >/dev/null 2>&1',
    ...modules.map((name) => `module load ${quoted(name)} || return`),
  ];
  return [...(modules.length > 0 ? load : []), lines, ''].join('\n');
}

/** Returns a text as one word of bash. */
export function quoted(text: string): string {
  return text === '' ? "''" : shellWord(text);
}

import { existsSync, readFileSync } from 'node:fs';
import { posix, relative, sep } from 'node:path';
import { type HpoError, usageError } from '../../core/errors.js';
import { jobName } from '../batch/job-files.js';
import { type JobScript, quoted, variableLines } from '../batch/job-script.js';
import type { Places, Workplace } from '../batch/submit.js';
import type { RunnableAttempt } from '../executor.js';

/** The lines by which a reader of a job's whole output finds the trainer's own. They hold the token, which nothing else has. */
export const beginsLine = (token: string) => `hpo: attempt ${token} begins on `;
export const endsLine = (token: string) => `hpo: attempt ${token} ends with `;

/** The folder of a job on its node. It goes when the job ends. */
function farDir({ trial, token }: Pick<RunnableAttempt, 'trial' | 'token'>): string {
  return `/tmp/${jobName({ trial, token })}`;
}

function farPlaces(attempt: Pick<RunnableAttempt, 'trial' | 'token'>): Places {
  const dir = farDir(attempt);
  return { configFile: `${dir}/config.yaml`, paramsFile: `${dir}/params.json`, trialDir: `${dir}/trial` };
}

/**
 * The fixed part of a job that shares no folder with hpo: its output goes to the log of the queue, between two lines that hpo looks for.
 * TERM reaches the trainer by the queue, and the shell waits for it. The shell itself prints the exit code, so that it comes after all
 * else. Ray writes a line of its own into the same log, shortly after the beginning: that is waited for.
 */
const BODY = `
unset HPO_JOB
hpo_say() { printf '\\n%s\\n' "$1"; }
hpo_k= hpo_c=
trap 'hpo_k=1' TERM
trap : HUP INT
for hpo_i in 1 2 3 4 5 6 7 8 9 10; do grep -qs '^Running entrypoint' /proc/$$/fd/1 && break; sleep 0.05; done
hpo_end() { rm -rf "$hpo_d"; hpo_say "$hpo_e$1"; exit "$1"; }
hpo_say "$hpo_b$(uname -n)"
mkdir -m 700 "$hpo_d" && mkdir "$hpo_d/trial" || hpo_end 126
printf '%s\\n' "$hpo_p" > "$hpo_d/params.json"
printf '%s\\n' "$hpo_f" > "$hpo_d/config.yaml"
cd "$hpo_w" || hpo_end 126
export HPO_DEVICE="\${CUDA_VISIBLE_DEVICES:-cpu}"
[ -z "$hpo_k" ] || hpo_end 143
( trap - HUP INT TERM; exec "$@" ) 2>&1 </dev/null &
hpo_c=$!
while hpo_k=; wait "$hpo_c"; hpo_x=$?; [ -n "$hpo_k" ]; do :; done
hpo_end "$hpo_x"
`;

/**
 * Returns the workplace of jobs in a folder that was sent to them: parameters and configuration travel with the script.
 * `folder`: the folder that is sent; null: a package that is somewhere already.
 */
export function farWorkplace(folder: string | null, configFile: string): Workplace {
  return {
    places: (_, attempt) => farPlaces(attempt),
    script: (job) =>
      farScript(job, { folder, config: existsSync(configFile) ? readFileSync(configFile, 'utf8') : '' }),
  };
}

type Sent = { readonly folder: string | null; readonly config: string };

function farScript({ token, cwd, command, env }: JobScript, { folder, config }: Sent): string {
  const { HPO_TRIAL: trial = '', HPO_PARAMS: params } = env;
  // A variable could not hold them, and this script is sent in one.
  if (params === undefined) throw jobTooLong();
  const dir = farDir({ trial: Number(trial), token });
  return [
    ...variableLines(env),
    `hpo_d=${quoted(dir)} hpo_b=${quoted(beginsLine(token))} hpo_e=${quoted(endsLine(token))}`,
    `hpo_w=${quoted(below(folder, cwd))} hpo_p=${quoted(params)} hpo_f=${quoted(config.trim())}`,
    `set -- ${command.map(quoted).join(' ')}`,
    BODY,
  ].join('\n');
}

/** Returns the error of a script that is too long to be sent. */
export function jobTooLong(): HpoError {
  return usageError(
    'executor.job-too-long',
    'expected at most 90 KiB of parameters and configuration in a trial, got more',
    { fix: 'use a file system that the nodes share, without executor.working_dir' },
  );
}

/** Returns the trainer's folder as a job sees it: below the folder that was sent, else that itself. */
function below(folder: string | null, cwd: string): string {
  const path = folder === null ? '' : relative(folder, cwd);
  return path === '' || path.split(sep)[0] === '..' ? '.' : `./${posix.normalize(path)}`;
}

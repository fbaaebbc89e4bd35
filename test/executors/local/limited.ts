// A program that runs one attempt with room for so many further processes of its user. Its argument is JSON; it prints JSON.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { NO_HOOKS } from '../../../src/executors/executor.js';
import { setUpExecutor } from './setup.js';

/** Processes and threads of this user, as the limit counts them. */
function tasks(): number {
  const mine = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/status`, 'utf8').includes(`\nUid:\t${process.getuid?.()}\t`)
        ? readdirSync(`/proc/${pid}/task`).length
        : 0;
    } catch {
      return 0;
    }
  };
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .reduce((sum, pid) => sum + mine(pid), 0);
}

const { options, attempt, room } = JSON.parse(process.argv[2] ?? '');
// The threads that read files are started with the first reads, and must not meet the limit.
await Promise.all([...Array(16).keys()].map(() => readFile('/proc/self/stat')));
const most = tasks() + room;
spawnSync('prlimit', ['--pid', String(process.pid), `--nproc=${most}:${most}`]);
const outcome = await setUpExecutor(options).run(attempt, {
  ...NO_HOOKS,
  signal: new AbortController().signal,
});
process.stdout.write(JSON.stringify(outcome));

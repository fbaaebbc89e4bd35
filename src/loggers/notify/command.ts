import { spawn } from 'node:child_process';
import { messageOf } from '../../core/errors.js';
import { oneLine } from '../http/answer.js';
import { jsonLine } from '../json.js';
import type { ConfigureLogger } from '../registry.js';
import { type Notification, textsOf } from './notification.js';
import { makeSender } from './sender.js';

/** A command that takes longer is killed with its children. */
const LIMIT_MS = 60_000;
const STDERR_MS = 500;
const MAX_KEPT = 2000;
/** The system refuses longer variables. */
const MAX_VARIABLE = 30_000;

/** Null where `enabled` is false. */
export const configureCommand: ConfigureLogger = ({ command, env, cwd }) => {
  if (!command?.enabled) return null;
  return ({ messages, now }) =>
    makeSender({
      name: `the command ${oneLine(command.run[0] ?? '')}`,
      on: command.on,
      messages,
      now,
      send: (notification, signal) => runCommand(command.run, notification, { env, cwd, signal }),
    });
};

type Around = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly signal: AbortSignal;
};

/** Runs a command with a notification on stdin and in its environment. Rejects unless it exits with 0. */
function runCommand(
  [program = '', ...args]: readonly string[],
  notification: Notification,
  around: Around,
): Promise<void> {
  const { env, cwd, signal } = around;
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd,
      env: { ...env, ...variablesOf(notification) },
      // Its own group, so that Ctrl-C does not end it and its children end with it.
      detached: true,
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    // Where the system opens no more files, the child has no streams.
    child.once('error', (error) => settle(messageOf(error)));
    let said = '';
    let isLate = false;
    const kill = () => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    };
    const timer = setTimeout(() => {
      isLate = true;
      kill();
    }, LIMIT_MS);
    signal.addEventListener('abort', kill, { once: true });
    const settle = (fault: string | null) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', kill);
      if (fault === null) resolve();
      else reject(new Error(fault));
    };
    child.stderr?.on('data', (chunk: Buffer) => {
      said = (said + chunk.toString('utf8')).slice(-MAX_KEPT);
    });
    child.once('exit', (code, ended) => {
      const end = () => {
        child.stderr?.destroy();
        const quoted = oneLine(said.trim().split('\n').at(-1) ?? '');
        const why = isLate ? `took longer than ${LIMIT_MS / 1000} s` : `ended with ${code ?? ended}`;
        settle(code === 0 ? null : `${why}${quoted === '' ? '' : ` (${quoted})`}`);
      };
      // A child of the command may hold its stderr open.
      const late = setTimeout(end, STDERR_MS);
      child.once('close', () => {
        clearTimeout(late);
        end();
      });
    });
    // One that reads nothing may have ended.
    child.stdin?.on('error', () => {});
    child.stdin?.end(`${jsonLine(notification)}\n`);
  });
}

function variablesOf(notification: Notification): Record<string, string> {
  return Object.fromEntries(
    Object.entries(textsOf(notification)).map(([name, text]) => [
      `HPO_${name.toUpperCase()}`,
      text.slice(0, MAX_VARIABLE).replaceAll('\0', ''),
    ]),
  );
}

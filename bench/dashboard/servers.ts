import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { cacheFolder } from '../cache-folder.js';
import { CLI } from '../scale/database.js';

const OPTUNA_DASHBOARD = join(
  process.env.HPO_REAL_PARTS ?? cacheFolder('hpo-ci'),
  'optuna/bin/optuna-dashboard',
);
const START_LIMIT_MS = 60_000;

/** A server of a page, in a process of its own. */
export type Server = {
  /** Where the page of the study is. */
  readonly url: string;
  readonly pid: number;
  readonly stop: () => Promise<void>;
};

export type Tool = {
  readonly name: string;
  /** An element that exists once the first plot shows data. */
  readonly ready: string;
  readonly start: (place: Place) => Promise<Server>;
};

export type Place = {
  readonly database: string;
  readonly study: string;
  /** Where hpo keeps summaries of large studies. */
  readonly cache: string;
};

export const HPO: Tool = { name: 'hpo dashboard', ready: 'body[data-ready="true"]', start: startHpo };

export const OPTUNA: Tool = {
  name: 'optuna-dashboard',
  ready: '.js-plotly-plot .scatterlayer .point',
  start: async ({ database }) => {
    const port = await freePort();
    const child = spawn(OPTUNA_DASHBOARD, ['--port', String(port), `sqlite:///${database}`], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    // It answers when it says so; its port is open a little later.
    await says(child, /Listening on/);
    return serverOf(child, `http://127.0.0.1:${port}/dashboard/studies/1`);
  },
};

/** Null, with a reason, where it is not installed. */
export function optunaDashboard(): Tool | null {
  return existsSync(OPTUNA_DASHBOARD) ? OPTUNA : null;
}

async function startHpo({ database, study, cache }: Place): Promise<Server> {
  const args = ['dashboard', '--storage', `sqlite:${database}`, '--study', study, '--port', '0'];
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { ...process.env, XDG_CACHE_HOME: cache },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [url] = await says(child, /http:\S+/);
  return serverOf(child, url);
}

function serverOf(child: ChildProcess, url: string): Server {
  return {
    url,
    pid: child.pid as number,
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('close', () => resolve());
        child.kill('SIGTERM');
      }),
  };
}

/** Resolves with the first match in the output of a program. */
export function says(child: ChildProcess, pattern: RegExp): Promise<RegExpExecArray> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => fail(`says nothing like ${pattern}`), START_LIMIT_MS);
    const fail = (what: string) => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      reject(new Error(`${child.spawnargs.join(' ')} ${what}: ${said}`));
    };
    const hear = (chunk: Buffer) => {
      said = (said + chunk.toString()).slice(-4_000);
      const match = pattern.exec(said);
      if (match === null) return;
      clearTimeout(timer);
      resolve(match);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    child.on('error', (error) => fail(error.message));
    child.on('close', () => fail('ended'));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

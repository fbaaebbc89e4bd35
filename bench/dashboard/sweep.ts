import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchChromium } from '../../test/support/chromium.js';
import { CLI } from '../scale/database.js';
import { median } from '../stats.js';
import { load } from './browser.js';
import { HPO, says } from './servers.js';

/** `alone`: nobody watches. `separate`: `hpo dashboard` in a process of its own. `inside`: `hpo optimize --dashboard`. */
export const WATCHES = ['alone', 'separate', 'inside'] as const;
export type Watch = (typeof WATCHES)[number];

/** Programs that read the stream of events, besides the page. */
const STREAMS = 3;
const STUDY = 'watched';

export type SweepTimes = Readonly<
  Record<Watch, { readonly runsMs: readonly number[]; readonly medianMs: number }>
>;

export type SweepOptions = {
  readonly trials: number;
  /** How long a trial works for each of its five steps, besides the start of its shell. */
  readonly stepMs: number;
  readonly rounds: number;
  readonly say: (line: string) => void;
};

/** Measures the same sweep while nobody watches and while a page and programs follow it, in alternating runs. */
export async function measureSweeps({ rounds, say, ...kind }: SweepOptions): Promise<SweepTimes> {
  const browser = await launchChromium();
  const runsMs: Record<Watch, number[]> = { alone: [], separate: [], inside: [] };
  try {
    for (let round = 0; round < rounds; round++)
      for (const watch of WATCHES) {
        const ms = await timeSweep(browser, kind, watch);
        say(`sweep of ${kind.trials} trials, ${watch}: ${Math.round(ms)} ms`);
        runsMs[watch].push(ms);
      }
  } finally {
    await browser.close();
  }
  const entry = (watch: Watch) => ({ runsMs: runsMs[watch], medianMs: median(runsMs[watch]) });
  return { alone: entry('alone'), separate: entry('separate'), inside: entry('inside') };
}

/** From when everybody watches, and the trainers may begin, to the end of the sweep. */
async function timeSweep(
  browser: Browser,
  kind: Pick<SweepOptions, 'trials' | 'stepMs'>,
  watch: Watch,
): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'hpo-bench-watched-'));
  mkdirSync(join(folder, 'cfg'));
  writeFileSync(join(folder, 'cfg', 'sweep.yaml'), sweepFile(folder, kind));
  const database = join(folder, 'study.db');
  const args = [
    'optimize',
    '--storage',
    `sqlite:${database}`,
    ...(watch === 'inside' ? ['--dashboard'] : []),
  ];
  const sweep = spawn(process.execPath, [CLI, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const stops: (() => Promise<void> | void)[] = [() => void sweep.kill('SIGKILL')];
  const ended = endOf(sweep);
  // It is awaited below; until then an early end shows in what the sweep says.
  ended.catch(() => {});
  try {
    const address = watch === 'inside' ? (await says(sweep, /http:\S+/))[0] : null;
    await says(sweep, /trial 0 started/);
    const server =
      watch === 'separate' ? await HPO.start({ database, study: STUDY, cache: join(folder, 'cache') }) : null;
    if (server) stops.unshift(server.stop);
    const url = server?.url ?? address;
    if (url !== null) {
      const page = new URL(url);
      page.pathname = `/studies/${STUDY}`;
      const { page: tab } = await load(browser, { url: page.href, selector: HPO.ready, limitMs: 60_000 });
      stops.unshift(() => tab.context().close());
      for (let k = 0; k < STREAMS; k++) stops.unshift(await follow(page));
    }
    const beganMs = performance.now();
    writeFileSync(join(folder, 'go'), '');
    await ended;
    return performance.now() - beganMs;
  } finally {
    for (const stop of stops) await stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Reads the stream of events, as another page would. */
function follow({ origin, searchParams }: URL): Promise<() => void> {
  const url = `${origin}/api/events?study=${STUDY}&token=${searchParams.get('token')}`;
  return new Promise((resolve, reject) => {
    const asked = request(url, (response) => {
      response.resume();
      response.on('error', () => {});
      if (response.statusCode === 200) resolve(() => void asked.destroy());
      else reject(new Error(`expected a stream of events, got status ${response.statusCode}`));
    });
    asked.on('error', reject);
    asked.end();
  });
}

function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`hpo optimize exited ${code}`))));
  });
}

/** The first trials wait until a file is there. */
const trainer = (stepMs: number) => `while [ ! -e "$0/go" ]; do sleep 0.05; done
for s in 1 2 3 4 5; do ${stepMs > 0 ? `sleep ${stepMs / 1000}; ` : ''}echo "METRIC step=$s loss=0.$s"; done`;

function sweepFile(folder: string, { trials, stepMs }: Pick<SweepOptions, 'trials' | 'stepMs'>): string {
  return JSON.stringify({
    study: STUDY,
    objective: { metric: 'loss', direction: 'minimize' },
    trainer: { command: ['sh', '-c', trainer(stepMs), folder] },
    sampler: 'random',
    trials,
    parameters: {
      lr: { min: 1e-5, max: 1, log: true },
      momentum: { min: 0, max: 0.99 },
      optimizer: ['sgd', 'adam'],
    },
    devices: 'cpu',
    max_concurrent: 2,
  });
}

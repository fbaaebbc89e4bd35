import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchOptions, Report } from '../bench.js';
import { CLI, type Kind, largeStudy } from './database.js';

const PROBE = fileURLToPath(new URL('usage-probe.cjs', import.meta.url));

type Usage = {
  readonly what: string;
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMb: number;
  readonly aim: { readonly seconds: number; readonly mb: number } | null;
};

/** Measures the commands on a study of 100,000 trials, and the time of further trials. */
export async function benchScale({ quick, say }: BenchOptions): Promise<Report> {
  const trials = quick ? 5000 : 100_000;
  const place = mkdtempSync(join(tmpdir(), 'hpo-scale-'));
  try {
    const usages: Usage[] = [];
    for (const kind of ['hpo', 'optuna'] as const) {
      say(`${trials} trials of ${kind}`);
      usages.push(...(await commandsOn(copyOf(place, trials, kind, 'tpe'), place, kind)));
    }
    say('further trials with random');
    const further = quick ? 10 : 100;
    const perTrial = await furtherTrials(copyOf(place, trials, 'hpo', 'random'), place, further);
    return report(trials, usages, perTrial, further);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** Commands change a database, and the kept one stays as it is. */
function copyOf(place: string, trials: number, kind: Kind, sampler: 'tpe' | 'random'): string {
  const folder = join(place, `${kind}-${sampler}`);
  cpSync(largeStudy({ trials, kind, sampler }), folder, { recursive: true });
  return folder;
}

async function commandsOn(folder: string, place: string, kind: Kind): Promise<Usage[]> {
  const study = ['--study', 'large', '--storage', 'study.db'];
  const show = { seconds: 1, mb: 200 };
  const run = (what: string, args: readonly string[], aim: Usage['aim']) =>
    measure({ what: `${kind}: ${what}`, args: [...args, ...study], folder, place, aim });
  const usages = [
    await run('best, seen for the first time', ['best'], null),
    await run('best, seen before', ['best'], kind === 'hpo' ? show : null),
    await run('trials | head', ['trials'], kind === 'hpo' ? show : null),
  ];
  if (kind === 'hpo') usages.push(await run('ask with tpe', ['ask'], { seconds: 3, mb: 400 }));
  return usages;
}

type Measured = {
  readonly what: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly place: string;
  readonly aim: Usage['aim'];
};

/** Runs a command whose output is read to its 64th kilobyte at most, as `head` does. */
async function measure({ what, args, folder, place, aim }: Measured): Promise<Usage> {
  const file = join(place, 'usage.json');
  const startedAt = performance.now();
  await run(args, folder, { HPO_BENCH_USAGE: file, XDG_CACHE_HOME: join(place, 'cache') });
  const wallMs = performance.now() - startedAt;
  return {
    what,
    wallMs,
    aim,
    ...(JSON.parse(readFileSync(file, 'utf8')) as { cpuMs: number; peakMb: number }),
  };
}

const HEAD_BYTES = 64 * 1024;

function run(args: readonly string[], cwd: string, env: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--require', PROBE, CLI, ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let bytes = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > HEAD_BYTES) child.stdout.destroy();
    });
    child.on('error', reject);
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`hpo ${args[0]} exited with ${code}`)),
    );
  });
}

type PerTrial = { readonly wallMs: number; readonly cpuMs: number };

/** What a further trial takes, from the second one on. A program asks and tells, without trainers. */
async function furtherTrials(folder: string, place: string, count: number): Promise<PerTrial> {
  const { openStorage } = await import('../../src/storage/open.js');
  const { openStudy } = await import('../../src/study/open-study.js');
  const { makeCsvSource } = await import('../../src/loggers/csv/source.js');
  const { GrowingCsv } = await import('../../src/loggers/csv/growing.js');
  const storage = await openStorage(`sqlite:${join(folder, 'study.db')}`);
  try {
    const record = await storage.findStudy('large');
    if (!record) throw new Error('expected the study large');
    const study = await openStudy(storage, record);
    const { spec } = study;
    const source = makeCsvSource({ study, spec, reader: storage, escapeFormulas: false, warn: () => {} });
    const table = new GrowingCsv(join(place, 'runs.csv'), source);
    const one = async () => {
      const asked = await study.ask(null, Date.now());
      if ('exhausted' in asked) throw new Error(asked.exhausted);
      const ending = { exitCode: null, reason: null, finishedAtMs: Date.now() };
      await study.tell(asked.trial.id, null, { state: 'complete', values: [1], ...ending });
      await table.write();
    };
    await one();
    const startedAt = performance.now();
    const before = process.cpuUsage();
    for (let k = 0; k < count; k++) await one();
    const { user, system } = process.cpuUsage(before);
    return { wallMs: (performance.now() - startedAt) / count, cpuMs: (user + system) / 1000 / count };
  } finally {
    await storage.close();
  }
}

function report(trials: number, usages: readonly Usage[], perTrial: PerTrial, further: number): Report {
  const aimText = (aim: Usage['aim']) => (aim === null ? '' : `${aim.seconds} s, ${aim.mb} MB`);
  return {
    title: `Scale: ${trials} trials`,
    intro: `Commands on a study of ${trials} trials with 8 parameters and 5 reports of two metrics each, once as sweeps of hpo leave it and once as Optuna alone writes it. Other work on the machine makes the wall time longer than the CPU time.`,
    sections: [
      {
        title: 'Commands',
        text: 'Each is one process, from its start to its end. Where a study is seen for the first time, its summary is stored in the cache.',
        header: ['command', 'wall (s)', 'CPU (s)', 'peak (MB)', 'aim'],
        rows: usages.map(({ what, wallMs, cpuMs, peakMb, aim }) => [
          what,
          (wallMs / 1000).toFixed(2),
          (cpuMs / 1000).toFixed(2),
          peakMb.toFixed(0),
          aimText(aim),
        ]),
      },
      {
        title: 'Further trials',
        text: `The mean of ${further} trials with the sampler random: ask, tell, and runs.csv brought up to date after each, which a sweep does once a second at most.`,
        header: ['what', 'wall (ms)', 'CPU (ms)', 'aim (ms)'],
        rows: [['a further trial', perTrial.wallMs.toFixed(1), perTrial.cpuMs.toFixed(1), '20']],
      },
    ],
    figures: { trials, usages, perTrial },
  };
}

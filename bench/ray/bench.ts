import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type RayVariables, startRay, stopRay } from '../../scripts/real/ray.mjs';
import type { Bench } from '../bench.js';
import { SweepFolder } from '../orchestrator/sweep-folder.js';
import { pythonOf } from '../python-part.js';
import { median } from '../stats.js';
import { runPlain } from './plain.js';

const TRAINER = 'sleep 0.1\necho METRIC loss=1\n';
const CPUS = 2;

const sweep = (trials: number, more: string) => `objective: {metric: loss, direction: minimize}
trainer: {command: [sh, train.sh, "\${overrides}"]}
sampler: grid
parameters: {x: {min: 1, max: ${trials}, int: true}}
executor: {kind: ray, cpus: 1${more}}
logging: {local: {metrics: [loss]}}
`;

/** Measures short trials as jobs of a Ray cluster: by hpo, by plain REST, and by Ray Tune on the same cluster. */
export const benchRay: Bench = async ({ quick, say }) => {
  const python = pythonOf('ray');
  if (python === null) {
    say('no Ray here: bash scripts/real-parts.sh ray');
    return null;
  }
  const [trials, rounds] = quick ? [4, 1] : [10, 2];
  // Short: the path of a Unix socket has 107 bytes at most.
  const folder = mkdtempSync(join(tmpdir(), 'hpo-ray-'));
  const times: Record<string, number[]> = {};
  try {
    const cluster = await startRay(join(folder, 'c'), { cpus: CPUS });
    const contestants: Readonly<Record<string, () => Promise<number>>> = {
      'plain REST': () => runPlain(cluster, trials, 'sleep 0.1; echo METRIC loss=1'),
      'hpo, a shared folder': () => runHpo(cluster, trials, ''),
      'hpo, a folder that is sent': () => runHpo(cluster, trials, ', working_dir: .'),
      'Ray Tune': async () => runTune(python, cluster, trials),
    };
    for (let round = 1; round <= rounds; round++)
      for (const [name, run] of Object.entries(contestants)) {
        const durationMs = await run();
        say(`round ${round} of ${rounds}, ${name}: ${(durationMs / 1000).toFixed(1)} s`);
        times[name] = [...(times[name] ?? []), durationMs];
      }
  } finally {
    await stopRay(join(folder, 'c'));
    rmSync(folder, { recursive: true, force: true });
  }
  const plain = median(times['plain REST'] ?? []);
  const rows = Object.entries(times).map(([name, values]) => [
    name,
    ...[median(values), Math.min(...values), Math.max(...values)].map((ms) => (ms / 1000).toFixed(1)),
    (median(values) / plain).toFixed(2),
  ]);
  return {
    title: 'Trials as jobs of Ray',
    intro:
      'A real Ray cluster of one node, started for this by `scripts/real/ray.mjs`. A job of Ray starts a Python of its own, which takes ' +
      'about a second of CPU time: that is most of all figures but those of Ray Tune, which keeps its processes.',
    sections: [
      {
        title: `${trials} trials of 0.1 s on ${CPUS} CPUs`,
        text:
          'Each trial is a `sh` that sleeps 0.1 s and prints one METRIC line; for Ray Tune it is a Python function. hpo counts with its ' +
          'start-up, its database and its table, Ray Tune with the start-up of Python. Plain REST submits all jobs at once and asks for ' +
          `them every 0.2 s. All in turn, ${rounds} rounds. Where the least and the most of a row are far apart, ` +
          'the machine had other work. Aim: hpo takes at most 1.2 times plain REST.',
        header: ['', 'median s', 'min s', 'max s', 'beside plain REST'],
        rows,
      },
    ],
    figures: {
      trials,
      cpus: CPUS,
      timesMs: Object.fromEntries(
        Object.entries(times).map(([name, values]) => [name, values.map(Math.round)]),
      ),
    },
  };
};

async function runHpo(cluster: RayVariables, trials: number, more: string): Promise<number> {
  const folder = new SweepFolder({ 'train.sh': TRAINER, 'cfg/sweep.yaml': sweep(trials, more) });
  try {
    const durationMs = await folder.optimize({ env: { ...cluster } });
    const complete = folder.rows().filter(({ state }) => state === 'COMPLETE').length;
    if (complete !== trials) throw new Error(`expected ${trials} complete trials, got ${complete}`);
    return durationMs;
  } finally {
    folder.remove();
  }
}

function runTune(python: string, cluster: RayVariables, trials: number): number {
  const script = fileURLToPath(new URL('tune.py', import.meta.url));
  const folder = mkdtempSync(join(tmpdir(), 'hpo-ray-tune-'));
  const startedAt = performance.now();
  try {
    const env = { ...process.env, ...cluster, RAY_ADDRESS: cluster.RAY_ADDRESS, HOME: folder };
    const { status, stderr } = spawnSync(python, [script, String(trials)], { env, encoding: 'utf8' });
    if (status !== 0) throw new Error(`Ray Tune exited ${status}: ${stderr.slice(-2000)}`);
    return performance.now() - startedAt;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

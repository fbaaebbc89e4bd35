import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withDefaults } from '../../src/core/component-options.js';
import { NO_HOOKS } from '../../src/executors/executor.js';
import { slurm } from '../../src/executors/slurm/module.js';
import { SLURM_OPTIONS } from '../../src/executors/slurm/options.js';
import type { BenchOptions, Section } from '../bench.js';
import { median, quantile } from '../stats.js';

type Part = { readonly sections: readonly Section[]; readonly figures: unknown };

const TRAINER = 'echo METRIC loss=1';
const LOOK_MS = 5;
const COMMON = {
  claim: null,
  parameters: [],
  env: {},
  ompThreads: null,
  limits: { trialTimeoutMs: null, noProgressTimeoutMs: null, maxLogBytes: null },
  metrics: undefined,
  measured: [],
  checkpoints: 'off',
  readsResults: true,
  guard: null,
} as const;

/** Measures the time from a submission to the first METRIC line, beside plain sbatch of the same script. */
export async function benchFirstMetric({ quick, say }: BenchOptions): Promise<Part> {
  const folder = mkdtempSync(join(tmpdir(), 'hpo-bench-first-'));
  const rounds = quick ? 3 : 10;
  const times = { plain: [] as number[], alone: [] as number[], array: [] as number[] };
  try {
    for (let round = 0; round < rounds; round++) {
      say(`the first METRIC: round ${round + 1} of ${rounds}`);
      times.plain.push(await plainMs(folder, round));
      times.alone.push(await hpoMs(folder, 3 * round, true));
      times.array.push(await hpoMs(folder, 3 * round + 1, false));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const row = (what: string, values: readonly number[]) => [
    what,
    ...[median(values), quantile(values, 0.9)].map((ms) => ms.toFixed(0)),
    (median(values) - median(times.plain)).toFixed(0),
  ];
  return {
    sections: [
      {
        title: 'From the submission to the first METRIC',
        text: `One job at a time, ${rounds} of each in turn, on an empty cluster. sbatch: until the line is in the job's output, which is read every ${LOOK_MS} ms. hpo: until its executor reports the value. With the samplers grid, random and qmc it waits 0.1 s for further trials to submit together.`,
        header: ['', 'median ms', '90 % ms', 'beside sbatch'],
        rows: [
          row('sbatch', times.plain),
          row('hpo, a sampler that learns', times.alone),
          row('hpo, random', times.array),
        ],
      },
    ],
    figures: times,
  };
}

async function plainMs(folder: string, round: number): Promise<number> {
  const output = join(folder, `plain-${round}.log`);
  const script = join(folder, 'plain.sh');
  writeFileSync(script, `#!/bin/bash\n${TRAINER}\n`);
  const startMs = performance.now();
  const { status, stderr } = spawnSync('sbatch', [`--output=${output}`, '--mem=50M', script], {
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  while (!existsSync(output) || !readFileSync(output, 'utf8').includes('METRIC')) await sleep(LOOK_MS);
  return performance.now() - startMs;
}

async function hpoMs(folder: string, trial: number, readsResults: boolean): Promise<number> {
  const studyDir = join(folder, 'study');
  mkdirSync(studyDir, { recursive: true });
  const configFile = join(folder, 'config.json');
  const executor = slurm.open(
    { ...COMMON, studyDir, command: ['/bin/bash', '-c', TRAINER], cwd: folder, configFile, readsResults },
    withDefaults(SLURM_OPTIONS, { mem: 50 * 2 ** 20 }),
  );
  const token = randomUUID();
  const startMs = performance.now();
  let firstMs = Number.NaN;
  const outcome = await executor.run(
    {
      study: 'bench',
      trial,
      attempt: 1,
      token,
      handle: executor.allocate({ trial, attempt: 1, token }),
      params: {},
      defineByRun: false,
      seed: 1,
      slot: { id: 0, device: 'slurm', env: {} },
      startedAtMs: Date.now(),
      inheritedMetrics: [],
      targetStep: null,
      copy: null,
      lostWith: null,
    },
    {
      ...NO_HOOKS,
      report: () => {
        firstMs = performance.now() - startMs;
      },
    },
  );
  if (Number.isNaN(firstMs)) throw new Error(`no METRIC came: ${JSON.stringify(outcome)}`);
  return firstMs;
}

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSweep } from '../../src/config/load.js';
import { policyFor } from '../../src/core/checkpoints.js';
import { expand, paramsKey } from '../../src/core/space.js';
import { load, own, withFiles } from './files.js';

describe('the sweep of this repository', () => {
  it('loads, and is 12 runs after its constraints', async () => {
    const sweep = await loadSweep({ sweepFile: 'cfg/sweep.yaml' });
    expect(sweep.file).toBe('cfg/sweep.yaml');
    expect(sweep.study).toBe('demo');
    expect(sweep.spec.sampler).toEqual({ name: 'grid', options: {} });
    expect(sweep.spec.objectives).toEqual([
      { metric: 'epoch_accuracy', direction: 'maximize', reduce: 'last' },
    ]);
    expect(sweep.spec.trainer).toEqual({ command: null, cwd: null, env: {} });
    expect(sweep.spec.config).toMatchObject({ epochs: 4, data: { limit: 3000 } });
    expect(sweep.run.csv).toBe('cfg/runs.csv');

    const points = [
      ...expand(sweep.spec.space, ({ distribution: d }) => (d.kind === 'categorical' ? d.choices : [])),
    ];
    const allowed = new Set(points.filter((p) => !p.forbidden).map((p) => paramsKey(p.given)));
    expect(allowed.size).toBe(12);
    expect(points.length).toBeGreaterThan(allowed.size);
  });
});

describe('what a sweep says and leaves out', () => {
  it('fills in defaults with the built-in trainer', async () => {
    const { study, spec, run } = await load(
      'parameters: { learner.opt: [sgd, adam] }\nconstraints:\ntrials:\n',
    );
    expect(study).toBe('sweep');
    expect(spec).toMatchObject({
      objectives: [{ metric: 'epoch_accuracy', direction: 'maximize', reduce: 'last' }],
      repeats: 1,
      seeds: null,
      sampler: { name: 'auto', options: {} },
      pruner: { name: 'none', options: {} },
      metrics: null,
      config: { epochs: 5, learner: { opt: 'adam' } },
    });
    expect(run).toMatchObject({
      trials: null,
      epochs: null,
      spending: null,
      timeoutMs: null,
      target: null,
      trialTimeoutMs: null,
      noProgressTimeoutMs: null,
      maxLogBytes: 2 ** 30,
      leaseMs: 60_000,
      retries: 0,
      retryDelay: { delayMs: 0, factor: 1, maxDelayMs: null },
      maxFailures: null,
      maxConsecutiveFailures: null,
      checkpoints: null,
      executor: { name: 'local', options: {} },
      warmStart: null,
      maxConcurrent: null,
      devices: 'auto',
      slotsPerDevice: null,
      gpusPerTrial: 1,
      minFreeMemoryBytes: null,
      csvSafe: false,
      provenance: true,
      csv: 'cfg/runs.csv',
      events: null,
      wandb: null,
    });
  });

  it('gives checkpoints to trials that may be paused and to the built-in trainer, and to others when asked', async () => {
    const policy = async (text: string) => {
      const { spec, run } = await load(text);
      return run.checkpoints ?? policyFor(spec);
    };
    const own =
      'parameters: {x: [1, 2]}\nobjective: {metric: loss, direction: minimize}\ntrainer: {command: [a]}\n';
    expect(await policy(own)).toBe('remove');
    expect(await policy(`${own}scheduler: none\n`)).toBe('off');
    expect(await policy(`${own}pruner: median\n`)).toBe('off');
    expect(await policy(`${own}scheduler: none\ncheckpoints: keep\n`)).toBe('keep');
    const builtin = 'parameters: {learner.opt: [sgd, adam]}\nscheduler: none\n';
    expect(await policy(builtin)).toBe('remove');
    expect(await policy(`${builtin}checkpoints: off\n`)).toBe('off');
    await expect(load(`${own}checkpoints: true\n`)).rejects.toThrow(
      /expected off, remove, keep or a mapping, got true/,
    );
  });

  it('takes an executor by its name, with options, and no other', async () => {
    const sweep = 'parameters: {learner.opt: [sgd, adam]}\n';
    expect((await load(`${sweep}executor: local\n`)).run.executor).toEqual({ name: 'local', options: {} });
    await expect(load(`${sweep}executor: function\n`)).rejects.toThrow(
      /sweep.yaml:2:11 .*expected .*local.*got the text "function"/,
    );
    await expect(load(`${sweep}executor: {name: local, queue: a}\n`)).rejects.toThrow(/queue/);
  });

  it('takes every setting that is given', async () => {
    const { study, spec, run } = await load(
      `study: my-study.2
objective: { metric: loss, direction: minimize, reduce: best }
sampler: { name: tpe, startup_trials: 3 }
pruner: { name: median, warmup_steps: 2 }
trainer: { command: [python3, train.py, 1e-3, 007, true, "\${overrides}", "--s=\${seed}"], cwd: sub, env: { A: 010, B: x } }
parameters: { x: [1, 2] }
seeds: [3, 1, 2]
trials: 7
epochs: 90
timeout: 1h30m
target: 0.25
trial_timeout: 30m
no_progress_timeout: 90
max_log_bytes: 1.5MiB
retries: 2
max_failures: 9
max_consecutive_failures: 4
checkpoints: keep
start: [{ x: 1 }, {}]
warm_start: { study: earlier, storage: "sqlite:old.db", top: 3 }
constraints: [memory_mb <= 8e3, { forbid: { x: 2 } }, "acc>=-.5"]
max_concurrent: 3
devices: [0, GPU-1a-b]
slots_per_device: 4
executor: {name: local}
gpus_per_trial: 2
min_free_memory: 4.5GiB
logging:
  local: { metrics: [loss], csv: out.csv, events: events.jsonl }
  wandb: { project: p, entity: e, group: g, name: "\${trial}-\${x}", tags: [a, "\${study}"], notes: n, job_type: j, mode: offline, client: sdk }
`,
      { 'sub/x': '' },
    );
    expect(study).toBe('my-study.2');
    expect(spec.objectives).toEqual([{ metric: 'loss', direction: 'minimize', reduce: 'best' }]);
    expect(spec.sampler).toEqual({ name: 'tpe', options: { startup_trials: 3, candidates: 24 } });
    expect(spec.pruner.options).toMatchObject({ warmup_steps: 2, startup_trials: 5 });
    expect(spec.trainer.command).toEqual([
      'python3',
      'train.py',
      '1e-3',
      '007',
      'true',
      '${overrides}',
      '--s=${seed}',
    ]);
    expect(spec.trainer.cwd).toMatch(/^\/.*\/sub$/);
    expect(spec.trainer.env).toEqual({ A: '010', B: 'x' });
    expect([spec.repeats, spec.seeds]).toEqual([3, [3, 1, 2]]);
    expect(spec.metrics).toEqual(['loss']);
    expect(spec.metricConstraints).toEqual([
      { metric: 'memory_mb', bound: 'max', limit: 8000 },
      { metric: 'acc', bound: 'min', limit: -0.5 },
    ]);
    expect(spec.initialPoints).toEqual([{ x: 1 }, {}]);
    expect(run).toMatchObject({
      trials: { count: 7, more: false },
      epochs: 90,
      timeoutMs: 5_400_000,
      target: 0.25,
      trialTimeoutMs: 1_800_000,
      noProgressTimeoutMs: 90_000,
      maxLogBytes: 1_572_864,
      leaseMs: 60_000,
      retries: 2,
      retryDelay: { delayMs: 0, factor: 1, maxDelayMs: null },
      maxFailures: 9,
      maxConsecutiveFailures: 4,
      checkpoints: 'keep',
      executor: { name: 'local', options: {} },
      warmStart: { study: 'earlier', storage: 'sqlite:old.db', top: 3 },
      maxConcurrent: 3,
      devices: ['0', 'GPU-1a-b'],
      slotsPerDevice: 4,
      gpusPerTrial: 2,
      minFreeMemoryBytes: 4.5 * 2 ** 30,
      csvSafe: false,
      provenance: true,
      csv: 'out.csv',
      events: 'events.jsonl',
      wandb: {
        enabled: true,
        project: 'p',
        entity: 'e',
        group: 'g',
        name: '${trial}-${x}',
        tags: ['a', '${study}'],
        notes: 'n',
        jobType: 'j',
        mode: 'offline',
        client: 'sdk',
      },
    });
  });

  it('takes a pruner around another one, by its name or with options, and fills in the defaults of both', async () => {
    const prunerOf = async (text: string) =>
      (await load(`parameters: { learner.opt: [sgd, adam] }\npruner: ${text}\n`)).spec.pruner;
    expect(await prunerOf('{ name: patient, patience: 5, around: median }')).toEqual({
      name: 'patient',
      options: {
        patience: 5,
        min_delta: 0,
        startup_trials: 0,
        warmup_steps: 0,
        around: {
          name: 'median',
          options: { startup_trials: 5, warmup_steps: 0, interval_steps: 1, min_trials: 1 },
        },
      },
    });
    expect(await prunerOf('{ name: patient, around: { name: asha, reduction_factor: 2 } }')).toMatchObject({
      options: {
        patience: 10,
        around: { name: 'asha', options: { reduction_factor: 2, min_resource: 0 } },
      },
    });
    expect((await prunerOf('patient')).options.around).toEqual({ name: 'none', options: {} });
  });

  it.each([
    ['cpu', 'cpu'],
    ['auto', 'auto'],
    ['2', ['2']],
    ['0,1', ['0', '1']],
    ['[0, 1]', ['0', '1']],
  ])('reads devices: %s', async (text, devices) => {
    expect((await load(own(`parameters: { x: [1] }\ndevices: ${text}`))).run.devices).toEqual(devices);
  });

  it('names a study after its file, as a file name may be', async () => {
    await withFiles({ ' my sweep(2).yaml': 'parameters: { epochs: [1] }' }, async (folder) => {
      expect((await loadSweep({ sweepFile: join(folder, ' my sweep(2).yaml') })).study).toBe('my-sweep-2-');
    });
  });

  it('can be stored as JSON without loss', async () => {
    const { spec } = await loadSweep({ sweepFile: 'cfg/sweep.yaml' });
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
  });
});

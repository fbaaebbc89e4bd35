import { describe, expect, it } from 'vitest';
import { mistakes, own } from './files.js';

describe('mistakes in a sweep file', () => {
  it('are all shown at once, each at its place with what was expected', async () => {
    expect(
      await mistakes(`study: a/b
objectve: { metric: x }
objective: { metric: epoch_accuracy, directon: maximize }
sampler: { name: grid, startup_trials: 2 }
pruner: medain
repeats: 0
seeds: [1, 1]
devices: gpu
parameters:
  learner:
    step_size: [0.1]
  learner.stepsize: [1]
  learner.opt: [sgd, adma, sgd]
  batch_size: { min: 16, max: 128 }
  learner.momentum: { min: 0.5, max: 1 }
  learner.weight_decay: { values: [0, 1], when: { learner.op: sgd } }
  model.dense: 3
  model.filters: [[8, 16], [16, 32, 3]]
  epochs: { mni: 1, mxa: 3 }
  seed: [1, 2]
  data: [1]
constraints:
  - when: { learner.weight_decay: 3 }
    set: { learner.momentun: 0.0 }
  - forbd: {}
logging: { local: { csv: 3 }, wandb: { projct: p, mode: on }, tb: {} }
`),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:1:8 error[config.bad-value]: expected a name of letters, digits, ".", "_" and "-" that begins with a letter or digit, got the text "a/b"
      sweep.yaml:2:1 error[config.unknown-key]: expected one of study, objective, objectives, sampler, scheduler, max_steps, pruner, terminator, trainer, metrics, parameters, constraints, initial_points, warm_start, transfer, repeats, seeds, trials, configurations, budget, max_epochs, timeout, target, patience, trial_timeout, no_progress_timeout, max_log_bytes, retries, max_failures, max_consecutive_failures, checkpoints, executor, lease, max_concurrent, devices, slots_per_device, gpus_per_trial, min_free_memory, logging, provenance, got objectve
        fix: did you mean objective?
      sweep.yaml:3:1 error[config.missing-key]: expected the key direction (minimize or maximize), got none
      sweep.yaml:3:38 error[config.unknown-key]: expected one of metric, direction, reduce, got directon
        fix: did you mean direction?
      sweep.yaml:4:24 error[config.unknown-key]: expected one of name, got startup_trials
      sweep.yaml:5:9 error[config.bad-value]: expected none, median, percentile, asha, hyperband, threshold, wilcoxon or patient, got the text "medain"
        fix: did you mean median?
      sweep.yaml:6:10 error[config.bad-value]: expected a number at least 1, got the number 0
      sweep.yaml:7:12 error[config.duplicate-value]: seed 1 is given twice
      sweep.yaml:8:10 error[config.bad-value]: expected auto, cpu, or GPU indices or UUIDs such as 0,1, got the text "gpu"
      sweep.yaml:10:3 error[config.nested-parameter]: expected a list, {values: [...]} or {min, max}, got a mapping with the key step_size
        fix: name the parameter in full: learner.step_size: [0.1]
      sweep.yaml:12:3 error[config.bad-parameter]: expected a value of the run configuration, got learner.stepsize
        fix: did you mean learner.step_size?
      sweep.yaml:13:22 error[config.bad-parameter]: learner.opt: expected sgd, adam, adamw or rmsprop, got the text "adma"
      sweep.yaml:13:28 error[config.duplicate-value]: sgd is given twice
      sweep.yaml:14:3 error[config.bad-parameter]: batch_size: expected a whole number, got the number 85.216, which the range contains
        fix: add \`int: true\`
      sweep.yaml:15:38 error[config.bad-parameter]: learner.momentum: expected a number below 1, got the number 1
      sweep.yaml:16:51 error[config.unknown-parameter]: expected the name of a parameter, got learner.op
        fix: did you mean learner.opt?
      sweep.yaml:17:16 error[config.wrong-type]: expected a list or a mapping, got the number 3
      sweep.yaml:18:28 error[config.bad-parameter]: model.filters: expected exactly 2 entries, got a list of 3
      sweep.yaml:19:3 error[config.nested-parameter]: expected a list, {values: [...]} or {min, max}, got a mapping with the key mni
        fix: did you mean min?
      sweep.yaml:20:3 error[config.bad-parameter]: seed cannot be a parameter: every trial has its own
        fix: use \`repeats: N\` or \`seeds: [...]\`
      sweep.yaml:21:3 error[config.bad-parameter]: expected a value of the run configuration, got data, which is a section
        fix: name one of data.path, data.limit
      sweep.yaml:23:35 error[config.never-true]: learner.weight_decay is never 3
        fix: its values are 0, 1
      sweep.yaml:24:12 error[config.bad-parameter]: expected a value of the run configuration, got learner.momentun
        fix: did you mean learner.momentum?
      sweep.yaml:25:5 error[config.unknown-key]: expected one of when, set, forbid, sum, product, min, max, got forbd
        fix: did you mean forbid?
      sweep.yaml:26:26 error[config.wrong-type]: expected text, got the number 3
      sweep.yaml:26:40 error[config.unknown-key]: expected one of enabled, project, entity, group, name, tags, notes, job_type, mode, client, got projct
        fix: did you mean project?
      sweep.yaml:26:57 error[config.bad-value]: expected online, offline or disabled, got the text "on"
      sweep.yaml:26:63 error[config.unknown-key]: expected one of local, tensorboard, wandb, mlflow, webhook, command, got tb"
    `);
  });

  it('in a pruner around another one', async () => {
    const pruner = (around: string) =>
      mistakes(`parameters: { learner.opt: [sgd] }\npruner: { name: patient, around: ${around} }\n`);
    expect(await pruner('medain')).toMatchInlineSnapshot(`
      "sweep.yaml:2:34 error[config.bad-value]: expected none, median, percentile, asha, hyperband, threshold or wilcoxon, got the text "medain"
        fix: did you mean median?"
    `);
    expect(await pruner('patient')).toMatchInlineSnapshot(
      `"sweep.yaml:2:34 error[config.bad-value]: expected none, median, percentile, asha, hyperband, threshold or wilcoxon, got the text "patient""`,
    );
    expect(await pruner('{ name: asha, reduction_facto: 4 }')).toMatchInlineSnapshot(`
      "sweep.yaml:2:48 error[config.unknown-key]: expected one of name, min_resource, min_steps, reduction_factor, min_early_stopping_rate, bootstrap_count, startup_trials, warmup_steps, got reduction_facto
        fix: did you mean reduction_factor?"
    `);
    expect(await pruner('{ name: asha, reduction_factor: 1 }')).toMatchInlineSnapshot(
      `"sweep.yaml:2:66 error[config.bad-value]: expected a number at least 2, got the number 1"`,
    );
  });

  it('in ranges', async () => {
    expect(
      await mistakes(
        own(`parameters:
  a: { min: 0.1, max: 1, log: true, step: 0.1 }
  b: { min: 2, max: 1 }
  c: { min: 0, max: 1, log: true }
  d: { min: 0.5, max: 2, int: true }
  e: { min: 0, max: 1, step: 0.1, steps: 3 }
  f: { min: 0, max: 1, steps: 1 }
  g: { min: 0 }
  h: { values: [1], min: 0, log: true }
  i: { min: 0, max: .inf }
  j: { min: 1, max: 2, step: 0 }
  k: { when: { a: 1 } }
  l: {}
  m: []
  n: [{ a: 1 }]
  o p: [1]
  toString: [1]
`),
      ),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:4:43 error[config.log-step]: log and step cannot be combined
        fix: remove one; grids take \`steps\` points of a log range
      sweep.yaml:5:21 error[config.bad-range]: expected max to be at least min, got 2 and 1
      sweep.yaml:6:13 error[config.bad-range]: expected min above 0 with log: true, got 0
      sweep.yaml:7:13 error[config.bad-range]: expected a whole number with int: true, got 0.5
      sweep.yaml:8:42 error[config.bad-range]: steps and step cannot be combined
        fix: remove one of them
      sweep.yaml:9:31 error[config.bad-range]: expected at least 2 steps: both ends count, got 1
      sweep.yaml:10:3 error[config.missing-key]: expected values, or min and max: max missing
        fix: write g: {min: ..., max: ...} or g: {values: [...]}
      sweep.yaml:11:21 error[config.bad-parameter]: expected values or a range, got values and min
        fix: remove min, or values
      sweep.yaml:11:29 error[config.bad-parameter]: expected values or a range, got values and log
        fix: remove log, or values
      sweep.yaml:12:21 error[config.wrong-type]: expected a finite number, got the number Infinity
      sweep.yaml:13:30 error[config.bad-value]: expected a number above 0, got the number 0
      sweep.yaml:14:3 error[config.missing-key]: expected values, or min and max: min and max missing
        fix: write k: {min: ..., max: ...} or k: {values: [...]}
      sweep.yaml:15:3 error[config.nested-parameter]: expected a list, {values: [...]} or {min, max}, got an empty mapping
        fix: give the values to try
      sweep.yaml:16:6 error[config.bad-value]: expected at least 1 entry, got an empty list
      sweep.yaml:17:7 error[config.wrong-type]: expected text, a number, true or false, null or a list, got a mapping
      sweep.yaml:18:3 error[config.bad-name]: expected a parameter name without spaces, "=" or a leading "-"
      sweep.yaml:19:3 error[config.bad-name]: expected a name that is not reserved by JavaScript"
    `);
  });

  it('in conditions and constraints', async () => {
    expect(
      await mistakes(
        own(`parameters:
  opt: [sgd, adam]
  size: { min: 1, max: 9, int: true, when: { opt: adm } }
  layers: [[8], [16, 32]]
  rate: [0.1, 0.2]
constraints:
  - { forbid: { size: 12 } }
  - { forbid: { size: { gt: 9 } } }
  - { forbid: { opt: { lt: 3 }, rate: { lt: 0.1 } } }
  - { forbid: { layers: [8] } }
  - { forbid: { opt: [sgd, rmsprop] } }
  - { forbid: { opt: { not: agd } } }
  - { forbid: { momentum: 1 } }
  - { when: { opt: adam } }
  - { set: { size: 1 } }
  - { when: { opt: sgd }, forbid: { size: 1 } }
  - { forbid: { opt: {} } }
  - { forbid: {} }
  - { forbid: { size: { lt: big } } }
  - 3
`),
      ),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:5:51 error[config.never-true]: opt is never adm
        fix: did you mean adam?
      sweep.yaml:9:23 error[config.never-true]: size is never 12
        fix: it is between 1 and 9
      sweep.yaml:10:23 error[config.never-true]: size is never gt 9
        fix: it is between 1 and 9
      sweep.yaml:11:22 error[config.never-true]: opt is never lt 3
        fix: its values are sgd, adam
      sweep.yaml:11:39 error[config.never-true]: rate is never lt 0.1
        fix: its values are 0.1, 0.2
      sweep.yaml:12:26 error[config.never-true]: layers is never 8
        fix: a list means "one of"; write a list-valued choice in a list: [[8, 16]]
      sweep.yaml:13:28 error[config.never-true]: opt is never rmsprop
        fix: its values are sgd, adam
      sweep.yaml:14:29 error[config.never-true]: opt is never agd
        fix: did you mean sgd?
      sweep.yaml:15:17 error[config.unknown-parameter]: expected the name of a parameter, got momentum
        fix: use one of opt, size, layers, rate
      sweep.yaml:16:5 error[config.bad-constraint]: expected {when, set}, {forbid}, {sum, max} or {product, max}, got when
        fix: add \`set: {NAME: VALUE}\`
      sweep.yaml:17:5 error[config.bad-constraint]: expected {when, set}, {forbid}, {sum, max} or {product, max}, got set
        fix: add \`when: {NAME: VALUE}\`
      sweep.yaml:18:5 error[config.bad-constraint]: expected {when, set}, {forbid}, {sum, max} or {product, max}, got when and forbid
        fix: move the content of \`when\` into \`forbid\`
      sweep.yaml:19:22 error[config.missing-key]: expected at least one of lt, le, gt, ge and not, got an empty mapping
      sweep.yaml:20:15 error[config.bad-value]: expected at least one parameter and its value, got an empty mapping
      sweep.yaml:21:29 error[config.wrong-type]: expected a number or a mapping, got the text "big"
      sweep.yaml:22:5 error[config.wrong-type]: expected a mapping or text, got the number 3"
    `);
  });

  it('in a circle of conditions, at the one that closes it', async () => {
    expect(
      await mistakes(
        own('parameters:\n  a: { values: [1], when: { b: 1 } }\n  b: { values: [1], when: { a: 1 } }\n'),
      ),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:5:21 error[config.cycle]: conditions depend on each other: a -> b -> a
        fix: remove one of these conditions"
    `);
    expect(
      await mistakes(
        own(`parameters: { a: [1, 2] }
constraints:
  - { when: { a: 1 }, set: { c: 1 } }
  - { when: { c: 1 }, set: { a: 2 } }`),
      ),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:6:7 error[config.cycle]: conditions depend on each other: a -> c -> a
        fix: remove one of these conditions"
    `);
  });

  it('names the nearest placeholder, parameters included', async () => {
    const file = (word: string) => `objective: { metric: loss, direction: minimize }
trainer: { command: [echo, "\${lr}", "${word}"] }
parameters: { lr: [1], momentum: [2] }
`;
    expect(await mistakes(file('${momentun}'))).toContain('fix: did you mean ${momentum}?');
    expect(await mistakes(file('${trail_dir}'))).toContain('fix: did you mean ${trial_dir}?');
  });

  it('in the trainer', async () => {
    expect(
      await mistakes(`trainer:
  command: [echo, "\${overides}", "x\${args}", "\${HOME}", "--p=\${params_json}", { a: 1 }]
  cwd: nowhere
  env: { HPO_X: 1, A B: 2, OK: [1] }
  shell: true
parameters: { x: [1] }
`),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:1:1 error[config.missing-key]: expected the key objective, because the trainer is your own, got none
        fix: add \`objective: {metric: NAME, direction: minimize}\` with a metric that your trainer prints
      sweep.yaml:2:19 error[config.unknown-placeholder]: expected one of \${overrides}, \${args}, \${args_no_boolean_flags}, \${params_json}, \${params_file}, \${seed}, \${config}, \${trial_dir}, \${target_step} or a parameter, got \${overides}
        fix: did you mean \${overrides}?
      sweep.yaml:2:34 error[config.placeholder-alone]: expected \${args} as a separate argument, got x\${args}
        fix: it becomes one argument for each parameter: write - \${args} on a separate line
      sweep.yaml:2:46 error[config.unknown-placeholder]: expected one of \${overrides}, \${args}, \${args_no_boolean_flags}, \${params_json}, \${params_file}, \${seed}, \${config}, \${trial_dir}, \${target_step} or a parameter, got \${HOME}
        fix: write $\${HOME} for the text itself
      sweep.yaml:2:79 error[config.wrong-type]: expected text, a number or true or false, got a mapping
      sweep.yaml:3:8 error[config.no-folder]: expected an existing folder, got nowhere
        fix: the path is relative to the folder of this file
      sweep.yaml:4:10 error[config.bad-name]: expected a variable of letters, digits and "_" that does not begin with HPO_
      sweep.yaml:4:20 error[config.bad-name]: expected a variable of letters, digits and "_" that does not begin with HPO_
      sweep.yaml:4:32 error[config.wrong-type]: expected text, a number or true or false, got a list of 1
      sweep.yaml:5:3 error[config.unknown-key]: expected one of command, cwd, env, got shell"
    `);
    expect(
      await mistakes('trainer: { command: "python3 train.py --x=${seed}" }\nparameters: { x: [1] }\n'),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:1:1 error[config.missing-key]: expected the key objective, because the trainer is your own, got none
        fix: add \`objective: {metric: NAME, direction: minimize}\` with a metric that your trainer prints
      sweep.yaml:1:21 error[config.wrong-type]: expected a list of arguments, got the text "python3 train.py --x=\${seed}"
        fix: no shell is involved; write trainer: {command: [python3, train.py, "--x=\${seed}"]}"
    `);
  });

  it('in the number of seeds', async () => {
    expect(await mistakes(own('parameters: { x: [1] }\nrepeats: 3\nseeds: [1, 2]'))).toMatchInlineSnapshot(`
      "sweep.yaml:5:8 error[config.seeds-length]: expected 3 seeds, as many as repeats, got 2
        fix: remove repeats: seeds set it"
    `);
  });
});

import { expect, test } from 'vitest';
import { isKatibExperiment, katibSweep } from '../../../src/config/import/katib.js';
import { loadSweep } from '../../../src/config/load.js';
import { parse, stringify } from '../../../src/config/plain-yaml.js';

const EXPERIMENT = `apiVersion: kubeflow.org/v1beta1
kind: Experiment
metadata: { namespace: kubeflow, name: random-example }
spec:
  objective: { type: minimize, goal: 0.001, objectiveMetricName: loss, additionalMetricNames: [accuracy] }
  algorithm: { algorithmName: bayesianoptimization }
  earlyStopping:
    algorithmName: medianstop
    algorithmSettings: [{ name: min_trials_required, value: "3" }, { name: start_step, value: "5" }]
  parallelTrialCount: 3
  maxTrialCount: 12
  maxFailedTrialCount: 3
  parameters:
    - { name: lr, parameterType: double, feasibleSpace: { min: "0.001", max: "0.1", distribution: logUniform } }
    - { name: layers, parameterType: int, feasibleSpace: { min: "2", max: "6", step: "2" } }
    - { name: opt, parameterType: categorical, feasibleSpace: { list: [sgd, adam] } }
    - { name: batch, parameterType: discrete, feasibleSpace: { list: ["32", "64"] } }
  trialTemplate:
    primaryContainerName: training-container
    trialParameters:
      - { name: learningRate, description: rate, reference: lr }
      - { name: optimizer, reference: opt }
    trialSpec:
      apiVersion: batch/v1
      kind: Job
      spec:
        template:
          spec:
            containers:
              - name: training-container
                image: docker.io/kubeflow/pytorch-mnist
                command: [python3, /opt/mnist.py, --epochs=1]
                args: ["--lr=\${trialParameters.learningRate}", "--opt=\${trialParameters.optimizer}"]
`;

test('an Experiment of Katib becomes a sweep file of hpo', async () => {
  const given: unknown = parse(EXPERIMENT);
  if (!isKatibExperiment(given)) throw new Error('expected an Experiment');
  const { sweep, notes } = katibSweep(given, 'katib.yaml');
  expect(sweep).toEqual({
    study: 'random-example',
    objective: { metric: 'loss', direction: 'minimize' },
    target: 0.001,
    trainer: { command: ['python3', '/opt/mnist.py', '--epochs=1', '--lr=${lr}', '--opt=${opt}'] },
    metrics: { format: 'katib' },
    sampler: 'gp',
    pruner: { name: 'median', startup_trials: 3, warmup_steps: 5 },
    trials: 12,
    max_concurrent: 3,
    max_failures: 4,
    parameters: {
      lr: { min: 0.001, max: 0.1, log: true },
      layers: { min: 2, max: 6, int: true, step: 2 },
      opt: ['sgd', 'adam'],
      batch: [32, 64],
    },
    logging: { local: { metrics: ['loss', 'accuracy'] } },
  });
  expect(notes).toEqual([
    'trialSpec: without its image docker.io/kubeflow/pytorch-mnist; the command runs on this machine',
  ]);
  // hpo reads it.
  await loadSweep({ sweepFile: 'katib.yaml', text: stringify(sweep) });
});

test("a collector's own format becomes a pattern, and a job of the training operator has its master's command", () => {
  const { sweep } = katibSweep(
    {
      kind: 'Experiment',
      spec: {
        objective: { type: 'maximize', objectiveMetricName: 'accuracy' },
        algorithm: { algorithmName: 'hyperband' },
        metricsCollectorSpec: {
          source: { filter: { metricsFormat: ['{metric: ([\\w|-]+), value: ((-?\\d+)(\\.\\d+)?)}'] } },
        },
        parameters: [],
        trialTemplate: {
          trialSpec: {
            spec: {
              pytorchReplicaSpecs: { Master: { template: { spec: { containers: [{ command: ['a'] }] } } } },
            },
          },
        },
      },
    },
    'x.yaml',
  );
  expect(sweep).toMatchObject({
    study: 'x',
    sampler: 'random',
    pruner: 'hyperband',
    trainer: { command: ['a'] },
    metrics: {
      format: 'regex',
      pattern: '{metric: (?<name>[\\w|-]+), value: (?<value>(?:-?\\d+)(?:\\.\\d+)?)}',
    },
  });
});

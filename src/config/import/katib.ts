import { isMapping } from '../../core/mapping.js';
import { defaultName } from '../default-name.js';
import type { ImportedSweep } from './wandb-sweep.js';

type Mapping = Readonly<Record<string, unknown>>;

const SAMPLERS: Readonly<Record<string, string>> = {
  random: 'random',
  grid: 'grid',
  bayesianoptimization: 'gp',
  tpe: 'tpe',
  'multivariate-tpe': 'tpe',
  cmaes: 'cmaes',
  sobol: 'qmc',
  hyperband: 'random',
};

/** Returns whether a file is an Experiment of Katib. */
export function isKatibExperiment(value: unknown): value is Mapping {
  return (
    isMapping(value) &&
    value.kind === 'Experiment' &&
    isMapping(value.spec) &&
    isMapping(value.spec.objective)
  );
}

/** Converts an Experiment of Katib (https://www.kubeflow.org/docs/components/katib) to an hpo sweep file. */
export function katibSweep(given: Mapping, file: string): ImportedSweep {
  const notes: string[] = [];
  const spec = mapping(given.spec);
  const objective = mapping(spec.objective);
  const metric = String(objective.objectiveMetricName ?? 'loss');
  const others = Array.isArray(objective.additionalMetricNames)
    ? objective.additionalMetricNames.map(String)
    : [];
  const names = new Map<string, string>();
  const template = mapping(spec.trialTemplate);
  for (const each of list(template.trialParameters)) {
    const { name, reference } = mapping(each);
    if (typeof name === 'string' && typeof reference === 'string') names.set(name, reference);
  }
  const algorithm = String(mapping(spec.algorithm).algorithmName ?? 'random');
  if (!Object.hasOwn(SAMPLERS, algorithm)) notes.push(`algorithm: ${algorithm} is unknown; it became auto`);
  if (mapping(spec.algorithm).algorithmSettings !== undefined) notes.push('algorithm: without its settings');
  const pruner = earlyStopping(spec.earlyStopping, notes);
  const name = mapping(given.metadata).name;
  return {
    sweep: {
      study: defaultName(typeof name === 'string' ? name : file),
      objective: { metric, direction: objective.type === 'maximize' ? 'maximize' : 'minimize' },
      ...(typeof objective.goal === 'number' && { target: objective.goal }),
      trainer: { command: commandOf(template, names, notes) },
      metrics: metricsOf(spec.metricsCollectorSpec, notes),
      sampler: algorithm === 'hyperband' ? 'random' : (SAMPLERS[algorithm] ?? 'auto'),
      ...(algorithm === 'hyperband' ? { pruner: 'hyperband' } : pruner === null ? {} : { pruner }),
      ...(typeof spec.maxTrialCount === 'number' && { trials: spec.maxTrialCount }),
      ...(typeof spec.parallelTrialCount === 'number' && { max_concurrent: spec.parallelTrialCount }),
      ...(typeof spec.maxFailedTrialCount === 'number' && { max_failures: spec.maxFailedTrialCount + 1 }),
      parameters: Object.fromEntries(
        list(spec.parameters).flatMap((each) => parameter(mapping(each), notes)),
      ),
      ...(others.length > 0 && { logging: { local: { metrics: [metric, ...others] } } }),
    },
    notes,
  };
}

function parameter(given: Mapping, notes: string[]): [string, unknown][] {
  const name = String(given.name);
  const space = mapping(given.feasibleSpace);
  if (Array.isArray(space.list)) {
    const isNumeric = given.parameterType === 'discrete';
    return [[name, space.list.map((value) => (isNumeric ? Number(value) : value))]];
  }
  const [min, max, step] = [space.min, space.max, space.step].map((value) =>
    value === undefined ? undefined : Number(value),
  );
  if (min === undefined || max === undefined || Number.isNaN(min) || Number.isNaN(max)) {
    notes.push(`${name}: omitted, expected min and max, or a list`);
    return [];
  }
  const isLog = /^log/i.test(String(space.distribution ?? ''));
  if (/normal/i.test(String(space.distribution ?? '')))
    notes.push(`${name}: without its shape, ${String(space.distribution)}`);
  return [
    [
      name,
      {
        min,
        max,
        ...(given.parameterType === 'int' && { int: true }),
        ...(isLog && min > 0 && { log: true }),
        ...(step !== undefined && step > 0 && !isLog && { step }),
      },
    ],
  ];
}

/** Returns the command of the container that trains; its parameters are `${trialParameters.NAME}`. */
function commandOf(
  template: Mapping,
  names: ReadonlyMap<string, string>,
  notes: string[],
): readonly string[] {
  const containers = list(containersOf(mapping(template.trialSpec))).map(mapping);
  const primary = containers.find(({ name }) => name === template.primaryContainerName) ?? containers[0];
  const words = [...list(primary?.command), ...list(primary?.args)].map(String);
  if (primary?.image !== undefined)
    notes.push(`trialSpec: without its image ${String(primary.image)}; the command runs on this machine`);
  if (words.length === 0) {
    notes.push('trialSpec: its container has no command, so write trainer.command yourself');
    return ['python3', 'train.py', '${args}'];
  }
  return words.map((word) =>
    word.replace(/\$\{trialParameters\.([\w-]+)\}/g, (_, name: string) => `\${${names.get(name) ?? name}}`),
  );
}

/** A Job has one template; jobs of Kubeflow's training operator have one for each role. */
function containersOf(spec: Mapping): unknown {
  const inner = mapping(spec.spec);
  const roles = Object.entries(inner).filter(([key]) => /ReplicaSpecs$/.test(key));
  const replicas = mapping(roles[0]?.[1]);
  const role = mapping(replicas.Master ?? replicas.Chief ?? replicas.Launcher ?? Object.values(replicas)[0]);
  const template = mapping(mapping(roles.length > 0 ? role.template : inner.template).spec);
  return template.containers;
}

function metricsOf(collector: unknown, notes: string[]): Mapping {
  const { collector: of, source } = mapping(collector);
  const kind = mapping(of).kind;
  const formats = list(mapping(mapping(source).filter).metricsFormat);
  if (kind !== undefined && kind !== 'StdOut')
    notes.push(`metricsCollectorSpec: ${String(kind)} is not read; the trainer prints its metrics`);
  const [first] = formats;
  if (typeof first !== 'string') return { format: 'katib' };
  // Two groups, for the name and the value.
  let group = 0;
  const pattern = first.replace(/\\.|\((?!\?)/g, (text) =>
    text !== '(' ? text : (['(?<name>', '(?<value>'][group++] ?? '(?:'),
  );
  return group >= 2 ? { format: 'regex', pattern } : { format: 'katib' };
}

function earlyStopping(given: unknown, notes: string[]): unknown {
  if (given === undefined) return null;
  const { algorithmName, algorithmSettings } = mapping(given);
  if (algorithmName !== 'medianstop') {
    notes.push(`earlyStopping: ${String(algorithmName)} is unknown`);
    return null;
  }
  const settings = new Map(
    list(algorithmSettings).map((each) => [String(mapping(each).name), Number(mapping(each).value)]),
  );
  const [trials, step] = [settings.get('min_trials_required'), settings.get('start_step')];
  return {
    name: 'median',
    ...(trials !== undefined && { startup_trials: trials }),
    ...(step !== undefined && { warmup_steps: step }),
  };
}

function mapping(value: unknown): Mapping {
  return isMapping(value) ? value : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

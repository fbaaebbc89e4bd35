import { dirname, join } from 'node:path';
import type * as z from 'zod';
import type { ComponentInfo } from '../core/component-options.js';
import { HpoError, usageError } from '../core/errors.js';
import { isMapping } from '../core/mapping.js';
import type { StudySpec } from '../core/spec.js';
import { samplers } from '../samplers/registry.js';
import { terminators } from '../terminators/registry.js';
import { makeBuiltin } from './builtin.js';
import { componentSchema, type Given, nameOf, toComponentSpec } from './component-schema.js';
import { type CustomComponents, isCustomPath, readCustomComponents } from './custom-component.js';
import { defaultName } from './default-name.js';
import { Diagnostics, throwAll } from './diagnostics.js';
import { toExecutor } from './executor.js';
import { toInitialPoints } from './initial-points.js';
import { toMetricConstraints } from './metric-constraints.js';
import { toMetricFormat } from './metric-format.js';
import { toMlflow } from './mlflow.js';
import { toWebhook } from './notify.js';
import { checkAble, checkNames, checkObjectives } from './objectives.js';
import { STORED } from './parameter-schema.js';
import { callSettings } from './resolve-settings.js';
import { toRetries } from './retries.js';
import { runConfigSchema } from './run-config.js';
import { type RunConfigMapping, readRunConfig } from './run-config-file.js';
import type { RunSettings } from './run-settings.js';
import { type AskedScheduling, checkCopies, namesScheduling, toScheduling } from './scheduling.js';
import { SETTINGS } from './settings.js';
import { toSpace } from './space.js';
import { checkSpace } from './space-shape.js';
import { STRUCTURED_SCHEMAS } from './structured-schemas.js';
import { studyNameSchema } from './study-name.js';
import { readSweepFile, topLevel, valueAt } from './sweep-file.js';
import { type RawTrainer, trainerSchema } from './trainer-schema.js';
import { noteCommandText, toTrainer } from './trainer-spec.js';
import { toTransfer } from './transfer.js';
import { toWandb } from './wandb.js';
import type { YamlFile } from './yaml-file.js';
import { check } from './zod-diagnostics.js';

export type LoadedSweep = {
  /** The path of the sweep file, as given. */
  readonly file: string;
  /** Name of the study, valid as a file name. */
  readonly study: string;
  /** Messages for people about the file: old names of keys. */
  readonly notices: readonly string[];
  readonly spec: StudySpec;
  /** `parameters: stored`: the space of `spec` is empty; use that of the study. */
  readonly stored: boolean;
  /** Whether a scheduler or a pruner is named; else `spec` has the default. */
  readonly namesScheduling: boolean;
  readonly run: RunSettings;
  readonly own: CustomComponents;
  /** Returns the position of a value in the file, for mistakes that only a whole call can find. */
  readonly place: YamlFile['place'];
};

type Mapping = { readonly [key: string]: unknown };
type Shape = typeof STRUCTURED_SCHEMAS;
/** Checks one structured part of the file; null after noting what is wrong with it. */
type PartOf = <K extends keyof Shape>(key: K) => z.output<Shape[K]> | null;

type SweepSource = {
  readonly sweepFile: string;
  readonly configFile?: string;
  /** What the file says, where it is not to be read. */
  readonly text?: string;
  /** What a command line puts in the place of the file's scheduler. */
  readonly scheduling?: AskedScheduling;
};

/**
 * Reads a sweep file and its run configuration (`configFile`, or config.yaml beside the sweep file where it exists).
 *
 * @throws HpoError config.not-found when a file is missing; HpoErrors with every mistake, each as
 * `FILE:LINE:COLUMN error[config....]`. All are usage errors.
 */
export async function loadSweep(options: SweepSource): Promise<LoadedSweep> {
  const file = options.sweepFile;
  const { yaml, notices } = await readSweepFile(file, options.text ?? null);
  const mistakes = new Diagnostics(yaml);
  const raw = topLevel(yaml, mistakes);
  const at = (key: string) => valueAt(raw, key);
  const part: PartOf = <K extends keyof Shape>(key: K) =>
    check(STRUCTURED_SCHEMAS[key], at(key), mistakes, key.split('.')) as z.output<Shape[K]> | null;
  const component = (key: string, entries: readonly ComponentInfo[]) =>
    check(componentSchema(entries), raw[key] ?? defaultOf(key), mistakes, [key]) as Given | null;

  const trainer = checkTrainer(raw, mistakes);
  const isBuiltin = isMapping(raw.trainer) ? raw.trainer.command == null : raw.trainer === undefined;
  const { config, mistakes: inConfig } = await readConfig(options, isBuiltin);
  // With an invalid run configuration, the parameters are checked against the defaults, to show all mistakes at once.
  const builtin = isBuiltin ? makeBuiltin(config ?? runConfigSchema.parse({})) : null;

  const study =
    raw.study === undefined ? defaultName(file) : check(studyNameSchema, raw.study, mistakes, ['study']);
  const objectives = checkObjectives(raw, isBuiltin, mistakes);
  const own = await readCustomComponents(raw, file, mistakes);
  const sampler = isCustomPath(raw.sampler) ? (own.sampler?.given ?? null) : component('sampler', samplers);
  const asked = options.scheduling ?? {};
  const { repeats, race, seeds } = checkSeeds(part, mistakes);
  const searched = {
    sampler: sampler === null ? 'auto' : nameOf(sampler),
    objectives: objectives?.length ?? 1,
    repeats: race ?? repeats,
  };
  const scheduling = toScheduling(raw, { own: own.pruner, asked, ...searched }, mistakes);
  const terminator = component('terminator', terminators);
  const executor = toExecutor(raw, mistakes);
  // What a command line asks for has no place in the file: the study refuses it.
  const isAsked = asked.pruner !== undefined || asked.scheduler !== undefined;
  checkAble(objectives, { sampler, scheduling: isAsked ? null : scheduling }, mistakes);
  const space = toSpace(checkSpace(raw, mistakes), builtin, mistakes);
  const initialPoints = toInitialPoints(part('initial_points'), space, mistakes);
  const metricConstraints = toMetricConstraints(raw.constraints, mistakes);
  const { retries: rawRetries, checkpoints, ...call } = callSettings(at, mistakes);
  checkCopies(scheduling, { repeats: race ?? repeats, checkpoints: checkpoints ?? null }, mistakes);
  if (call.target !== null && (objectives?.length ?? 1) > 1) {
    const message = 'expected one objective with a target, got several';
    mistakes.add(['target'], 'target-objectives', message, { fix: 'remove the target', at: 'key' });
  }
  const warmStart = part('warm_start') ?? null;
  const chosen = sampler && (own.sampler?.chosen.name ?? nameOf(sampler));
  const among = { sampler: chosen, objectives: objectives?.length ?? 1 };
  const transfer = toTransfer(part('transfer'), among, mistakes);
  const columns = part('logging.local.metrics');
  const wandb = toWandb(part('logging.wandb') ?? undefined, space, mistakes);
  const mlflow = toMlflow(part('logging.mlflow') ?? undefined);
  const webhook = toWebhook(part('logging.webhook') ?? undefined, mistakes);
  const command = part('logging.command') ?? null;
  const wanted = [...(objectives ?? []), ...metricConstraints].map(({ metric }) => metric);
  const named = { needed: wanted, columns: columns ?? [] };
  const metrics = part('metrics') ?? null;
  const format = toMetricFormat(metrics, named, mistakes);
  const written = { isList: raw.objective === undefined, format: metrics?.format ?? 'metric' };
  checkNames(objectives, written, mistakes);
  const trainerSpec = await toTrainer(
    trainer,
    { sweepFile: file, parameters: raw.parameters === STORED ? null : parameterNames(raw.parameters) },
    mistakes,
  );
  throwAll(mistakes, ...inConfig);

  // throwAll has thrown if any of these is null: a part is null only after a mistake.
  return {
    file,
    study: study!,
    notices,
    place: yaml.place,
    stored: raw.parameters === STORED,
    namesScheduling: namesScheduling(raw, asked),
    own: own.parts,
    spec: {
      objectives: objectives!,
      space: space!,
      trainer: { ...trainerSpec, ...(format && { metrics: format }) },
      config: config!,
      repeats,
      race,
      seeds,
      initialPoints,
      transfer,
      metricConstraints,
      sampler: own.sampler?.chosen ?? toComponentSpec(samplers, sampler!),
      ...scheduling!,
      terminator: toComponentSpec(terminators, terminator!),
      metrics: columns ?? null,
    },
    run: {
      ...call,
      ...toRetries((rawRetries ?? 0) as Parameters<typeof toRetries>[0]),
      checkpoints: checkpoints ?? null,
      executor: executor!,
      warmStart: warmStart && {
        study: warmStart.study,
        storage: warmStart.storage ?? null,
        top: warmStart.top,
      },
      wandb,
      mlflow,
      webhook,
      command,
    },
  };
}

/** Those of the file as it stands: a parameter with a mistake is still known. */
function parameterNames(raw: unknown): readonly string[] {
  return isMapping(raw) ? Object.keys(raw) : [];
}

function checkTrainer(raw: Mapping, mistakes: Diagnostics): RawTrainer {
  let trainer = raw.trainer;
  if (typeof trainer === 'string') {
    noteCommandText(trainer, ['trainer'], mistakes);
    return {};
  }
  if (isMapping(trainer) && typeof trainer.command === 'string') {
    noteCommandText(trainer.command, ['trainer', 'command'], mistakes);
    const { command: _, ...rest } = trainer;
    trainer = rest;
  }
  const checked = check(trainerSchema, trainer ?? {}, mistakes, ['trainer']);
  if (checked || !isMapping(trainer)) return checked ?? {};
  // The valid parts are checked further, to show all mistakes at once.
  const { command, cwd, env } = trainerSchema.shape;
  return {
    command: command.safeParse(trainer.command).data ?? soundArguments(trainer.command),
    cwd: cwd.safeParse(trainer.cwd).data,
    env: env.safeParse(trainer.env).data,
  };
}

function soundArguments(command: unknown): string[] | undefined {
  return Array.isArray(command) ? command.map((arg) => (typeof arg === 'string' ? arg : '')) : undefined;
}

async function readConfig(
  { sweepFile, configFile, text }: SweepSource,
  isBuiltin: boolean,
): Promise<{ config: RunConfigMapping | null; mistakes: readonly Diagnostics[] }> {
  // A text is in no folder: a config.yaml where hpo runs belongs to something else.
  if (text !== undefined && configFile === undefined) return { config: {}, mistakes: [] };
  const file = configFile ?? join(dirname(sweepFile), 'config.yaml');
  try {
    return await readRunConfig(file, isBuiltin);
  } catch (error) {
    if (!(error instanceof HpoError) || error.code !== 'config.not-found') throw error;
    if (configFile === undefined) return { config: isBuiltin ? runConfigSchema.parse({}) : {}, mistakes: [] };
    throw usageError('config.not-found', `there is no run configuration ${file}`, {
      fix: 'name an existing file with --config FILE, or omit the option',
    });
  }
}

function checkSeeds(part: PartOf, mistakes: Diagnostics): Pick<StudySpec, 'repeats' | 'race' | 'seeds'> {
  const [given, seeds] = [part('repeats'), part('seeds') ?? null];
  const { max: repeats, race } =
    typeof given === 'object' && given !== null ? given : { max: given ?? undefined, race: false };
  seeds?.forEach((seed, i) => {
    if (seeds.indexOf(seed) < i) mistakes.add(['seeds', i], 'duplicate-value', `seed ${seed} is given twice`);
  });
  if (seeds && repeats != null && seeds.length !== repeats) {
    const message = `expected ${repeats} seeds, as many as repeats, got ${seeds.length}`;
    mistakes.add(['seeds'], 'seeds-length', message, { fix: 'remove repeats: seeds set it' });
  }
  const all = seeds?.length ?? repeats ?? 1;
  return race ? { repeats: 1, race: all, seeds } : { repeats: all, race: null, seeds };
}

function defaultOf(key: string): unknown {
  return SETTINGS.find((setting) => setting.key === key)?.default;
}

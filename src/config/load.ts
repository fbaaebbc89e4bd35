import { basename, dirname, extname, join } from 'node:path';
import { z } from 'zod';
import { HpoError, usageError } from '../core/errors.js';
import type { StudySpec } from '../core/spec.js';
import { pruners } from '../pruners/registry.js';
import { samplers } from '../samplers/registry.js';
import { terminators } from '../terminators/registry.js';
import { isMapping, makeBuiltin } from './builtin.js';
import { toComponentSpec } from './component-schema.js';
import { type CustomComponents, isCustomPath, readCustomComponents } from './custom-component.js';
import { describeValue } from './describe-value.js';
import { toDevices } from './devices.js';
import { Diagnostics, throwAll } from './diagnostics.js';
import { durationMs } from './duration.js';
import { toInitialPoints } from './initial-points.js';
import { toLimits } from './limits.js';
import { toMetricConstraints } from './metric-constraints.js';
import { toMetricFormat } from './metric-format.js';
import { checkAble, checkObjectives } from './objectives.js';
import { STORED } from './parameter-schema.js';
import { runConfigSchema } from './run-config.js';
import { type RunConfigMapping, readRunConfig } from './run-config-file.js';
import type { RunSettings } from './run-settings.js';
import { toBytes } from './size-schema.js';
import { toSpace } from './space.js';
import { checkSpace } from './space-shape.js';
import { sweepSchema } from './sweep-schema.js';
import { type RawTrainer, trainerSchema } from './trainer-schema.js';
import { noteCommandText, toTrainer } from './trainer-spec.js';
import { toWandb } from './wandb.js';
import { readYaml, type YamlFile } from './yaml-file.js';
import { check } from './zod-diagnostics.js';

export type LoadedSweep = {
  /** The sweep file, as it was named. */
  readonly file: string;
  /** Name of the study, fit for a file name. */
  readonly study: string;
  readonly spec: StudySpec;
  /** `parameters: stored`: the space of `spec` is empty, and that of the study takes its place. */
  readonly stored: boolean;
  readonly run: RunSettings;
  readonly own: CustomComponents;
  /** Where something stands in the file, for what only a whole call can find wrong with it. */
  readonly place: YamlFile['place'];
};

type Mapping = { readonly [key: string]: unknown };
type Shape = typeof sweepSchema.shape;
/** Checks one part of the file; null after noting what is wrong with it. */
type PartOf = <K extends keyof Shape>(key: K) => z.output<Shape[K]> | null;

/**
 * Reads a sweep file and the run configuration that goes with it (`configFile`, or config.yaml beside the sweep
 * file where there is one).
 *
 * @throws HpoError config.not-found when a file is missing; HpoErrors with every mistake, each as
 * `FILE:LINE:COLUMN error[config....]`. All are usage errors.
 */
export async function loadSweep(options: { sweepFile: string; configFile?: string }): Promise<LoadedSweep> {
  const file = options.sweepFile;
  const yaml = await readSweepFile(file);
  const mistakes = new Diagnostics(yaml);
  const raw = topLevel(yaml, mistakes);
  const part: PartOf = <K extends keyof Shape>(key: K) =>
    check(sweepSchema.shape[key], raw[key], mistakes, [key]) as z.output<Shape[K]> | null;

  const trainer = checkTrainer(raw, mistakes);
  const isBuiltin = isMapping(raw.trainer) ? raw.trainer.command == null : raw.trainer === undefined;
  const { config, mistakes: inConfig } = await readConfig(options, isBuiltin);
  // With a mistaken run configuration the parameters are checked upon the defaults, to show all mistakes at once.
  const builtin = isBuiltin ? makeBuiltin(config ?? runConfigSchema.parse({})) : null;

  const study = part('study') ?? defaultName(file);
  const objectives = checkObjectives(raw, isBuiltin, mistakes);
  const own = await readCustomComponents(raw, file, mistakes);
  const sampler = isCustomPath(raw.sampler) ? (own.sampler?.given ?? null) : part('sampler');
  const pruner = isCustomPath(raw.pruner) ? (own.pruner?.given ?? null) : part('pruner');
  const terminator = part('terminator');
  checkAble(objectives, { sampler, pruner }, mistakes);
  const space = toSpace(checkSpace(raw, mistakes), builtin, mistakes);
  const start = toInitialPoints(part('start'), space, mistakes);
  const outcomes = toMetricConstraints(raw.constraints, mistakes);
  const { repeats, seeds } = checkSeeds(part, mistakes);
  const [trials, maxConcurrent] = [part('trials'), part('max_concurrent')];
  const [devices, slotsPerDevice] = [part('devices'), part('slots_per_device')];
  const gpusPerTrial = part('gpus_per_trial');
  const minFreeMemory = part('min_free_memory');
  const stop = checkStop(part);
  const limits = toLimits({
    trial_timeout: part('trial_timeout'),
    no_progress_timeout: part('no_progress_timeout'),
    max_log_bytes: part('max_log_bytes'),
    retries: part('retries'),
    max_failures: part('max_failures'),
    max_consecutive_failures: part('max_consecutive_failures'),
  });
  const checkpoints = part('checkpoints') ?? (isBuiltin ? 'remove' : 'off');
  if (stop.target !== null && (objectives?.length ?? 1) > 1) {
    const message = 'expected one objective where there is a target, got several';
    mistakes.add(['target'], 'target-objectives', message, { fix: 'leave the target out', at: 'key' });
  }
  const warmStart = part('warm_start') ?? null;
  const { local, wandb: rawWandb } = part('logging') ?? {};
  const wandb = toWandb(rawWandb, space, mistakes);
  const wanted = [...(objectives ?? []), ...outcomes].map(({ metric }) => metric);
  const format = toMetricFormat(part('metrics') ?? null, [...wanted, ...(local?.metrics ?? [])], mistakes);
  const trainerSpec = await toTrainer(trainer, file, mistakes);
  throwAll(mistakes, ...inConfig);

  // throwAll has thrown where any of these is null: a part is null only after a mistake.
  return {
    file,
    study,
    place: yaml.place,
    stored: raw.parameters === STORED,
    own: own.parts,
    spec: {
      objectives: objectives!,
      space: space!,
      trainer: { ...trainerSpec, ...(format && { metrics: format }) },
      config: config!,
      repeats,
      seeds,
      start,
      outcomes,
      sampler: own.sampler?.chosen ?? toComponentSpec(samplers, sampler!),
      pruner: own.pruner?.chosen ?? toComponentSpec(pruners, pruner!),
      terminator: toComponentSpec(terminators, terminator!),
      metrics: local!.metrics ?? null,
    },
    run: {
      trials: trials ?? null,
      ...stop,
      limits,
      checkpoints,
      warmStart: warmStart && {
        study: warmStart.study,
        storage: warmStart.storage ?? null,
        top: warmStart.top,
      },
      maxConcurrent: maxConcurrent ?? null,
      devices: toDevices(devices!),
      slotsPerDevice: slotsPerDevice ?? null,
      gpusPerTrial: gpusPerTrial!,
      minFreeMemoryBytes: toBytes(minFreeMemory ?? null),
      csv: local!.csv,
      csvSafe: local!.csv_safe,
      events: local!.events ?? null,
      wandb,
    },
  };
}

async function readSweepFile(file: string): Promise<YamlFile> {
  try {
    return await readYaml(file, file);
  } catch (error) {
    if (!(error instanceof HpoError) || error.code !== 'config.not-found') throw error;
    throw usageError('config.not-found', `there is no sweep file ${file}`, {
      fix: 'run `hpo init` to write one, or name yours with --sweep FILE',
    });
  }
}

/** The file as a mapping of known keys; a key with nothing after it counts as absent. */
function topLevel(yaml: YamlFile, mistakes: Diagnostics): Mapping {
  if (!isMapping(yaml.value)) {
    const got = yaml.value === null ? 'an empty file' : describeValue(yaml.value);
    mistakes.add([], 'wrong-type', `expected a mapping with the key parameters, got ${got}`, {
      fix: '`hpo init` writes an example',
    });
    throwAll(mistakes);
    return {};
  }
  const keys = Object.keys(sweepSchema.shape).map((key) => [key, z.unknown().optional()]);
  check(z.strictObject(Object.fromEntries(keys)), yaml.value, mistakes);
  return Object.fromEntries(Object.entries(yaml.value).filter(([, value]) => value !== null));
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
  // What is right of it is looked at further, to show all mistakes at once.
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
  { sweepFile, configFile }: { sweepFile: string; configFile?: string },
  isBuiltin: boolean,
): Promise<{ config: RunConfigMapping | null; mistakes: readonly Diagnostics[] }> {
  const file = configFile ?? join(dirname(sweepFile), 'config.yaml');
  try {
    return await readRunConfig(file, isBuiltin);
  } catch (error) {
    if (!(error instanceof HpoError) || error.code !== 'config.not-found') throw error;
    if (configFile === undefined) return { config: isBuiltin ? runConfigSchema.parse({}) : {}, mistakes: [] };
    throw usageError('config.not-found', `there is no run configuration ${file}`, {
      fix: 'name an existing file with --config FILE, or leave it out',
    });
  }
}

/** The name of a study whose sweep file gives none: the file's own, made fit for a file name. */
export function defaultName(file: string): string {
  const name = basename(file, extname(file)).replace(/[^A-Za-z0-9._-]+/g, '-');
  return name.replace(/^[^A-Za-z0-9]+/, '').slice(0, 100) || 'sweep';
}

function checkStop(part: PartOf): Pick<RunSettings, 'epochs' | 'timeoutMs' | 'target'> {
  const timeout = part('timeout') ?? null;
  return {
    epochs: part('epochs') ?? null,
    timeoutMs: typeof timeout === 'string' ? durationMs(timeout) : timeout && timeout * 1000,
    target: part('target') ?? null,
  };
}

function checkSeeds(
  part: PartOf,
  mistakes: Diagnostics,
): { repeats: number; seeds: readonly number[] | null } {
  const [repeats, seeds] = [part('repeats'), part('seeds') ?? null];
  seeds?.forEach((seed, i) => {
    if (seeds.indexOf(seed) < i) mistakes.add(['seeds', i], 'duplicate-value', `seed ${seed} is given twice`);
  });
  if (seeds && repeats != null && seeds.length !== repeats) {
    const message = `expected ${repeats} seeds, as many as repeats, got ${seeds.length}`;
    mistakes.add(['seeds'], 'seeds-length', message, { fix: 'leave repeats out: seeds set it' });
  }
  return { repeats: seeds?.length ?? repeats ?? 1, seeds };
}

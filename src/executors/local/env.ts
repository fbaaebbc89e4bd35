import type { RunnableAttempt } from '../executor.js';
import { paramsVariable } from './params-file.js';

/** Environment variables. Undefined: not set. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The variable that identifies every process of an attempt. */
export const TOKEN_VARIABLE = 'HPO_ATTEMPT_TOKEN';
/** Where a sweep runs within a trial of another one: the tokens of the outer attempts, separated by commas. */
export const OUTER_TOKENS_VARIABLE = 'HPO_OUTER_TOKENS';
/** With the value 1 a process that a trainer starts is left running by every cleanup: a service for others. */
export const KEEP_VARIABLE = 'HPO_KEEP_RUNNING';

export type TrainerEnvInput = {
  readonly attempt: Pick<
    RunnableAttempt,
    'study' | 'trial' | 'token' | 'params' | 'seed' | 'slot' | 'targetStep'
  >;
  readonly configFile: string;
  /** The file that holds the parameters as JSON. */
  readonly paramsFile: string;
  readonly trialDir: string;
  /** Null where trials have no checkpoints. */
  readonly checkpointDir: string | null;
  /** trainer.env of the sweep. */
  readonly trainerEnv: Readonly<Record<string, string>>;
  /** OMP_NUM_THREADS on a CPU slot where neither the user nor trainer.env set it; null: never set. */
  readonly ompThreads: number | null;
  /** The environment of hpo itself. */
  readonly inherited: Env;
};

/**
 * Returns what a trainer gets on top of the inherited environment. trainer.env overrides hpo's defaults and the slot's
 * variables, since its author means it. The HPO_ variables override everything, since recovery depends on them. A variable
 * that is undefined is removed: in a sweep that is a trial of another one, the inherited value belongs to that trial.
 */
export function trainerEnv(input: TrainerEnvInput): Env {
  const { attempt, inherited } = input;
  return {
    PYTHONUNBUFFERED: '1',
    ...plainNumbers(inherited),
    ...threads(input),
    ...attempt.slot.env,
    ...input.trainerEnv,
    HPO_PARAMS: paramsVariable(attempt.params),
    HPO_PARAMS_FILE: input.paramsFile,
    HPO_CONFIG: input.configFile,
    HPO_SEED: String(attempt.seed),
    HPO_STUDY: attempt.study,
    HPO_TRIAL: String(attempt.trial),
    HPO_TRIAL_DIR: input.trialDir,
    ...checkpoints(input),
    ...targetStep(input),
    HPO_DEVICE: attempt.slot.device,
    ...outerTokens(inherited),
    // A trainer itself is never a service, whatever hpo inherits.
    ...(inherited[KEEP_VARIABLE] === undefined ? {} : { [KEEP_VARIABLE]: undefined }),
    [TOKEN_VARIABLE]: attempt.token,
  };
}

/** When the outer trial is ended, the trainers of this sweep are ended with it. */
function outerTokens(inherited: Env): Env {
  const outer = [inherited[OUTER_TOKENS_VARIABLE], inherited[TOKEN_VARIABLE]].filter(Boolean);
  return outer.length === 0 ? {} : { [OUTER_TOKENS_VARIABLE]: outer.join(',') };
}

/** In a sweep that is a trial of another one, the outer trial's folder must not be taken for this trial's. */
function checkpoints({ checkpointDir, inherited }: TrainerEnvInput): Record<string, string> {
  if (checkpointDir !== null) return { HPO_CHECKPOINT_DIR: checkpointDir };
  return inherited.HPO_CHECKPOINT_DIR === undefined ? {} : { HPO_CHECKPOINT_DIR: '' };
}

/** The outer trial's target is not this trial's. */
function targetStep({ attempt, inherited }: TrainerEnvInput): Record<string, string> {
  if (attempt.targetStep !== null) return { HPO_TARGET_STEP: String(attempt.targetStep) };
  return inherited.HPO_TARGET_STEP === undefined ? {} : { HPO_TARGET_STEP: '' };
}

/** Numbers get a decimal point. LC_ALL overrides LC_NUMERIC, so its value moves to the weaker LANG. */
function plainNumbers(inherited: Env): Record<string, string> {
  const all = inherited.LC_ALL;
  return { LC_NUMERIC: 'C', ...(all ? { LC_ALL: '', LANG: all } : {}) };
}

function threads({ attempt, ompThreads, inherited }: TrainerEnvInput): Record<string, string> {
  const wanted = ompThreads !== null && attempt.slot.device === 'cpu' && !inherited.OMP_NUM_THREADS;
  return wanted ? { OMP_NUM_THREADS: String(Math.max(1, Math.floor(ompThreads))) } : {};
}

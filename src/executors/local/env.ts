import type { RunnableAttempt } from '../executor.js';
import { paramsVariable } from './params-file.js';

/** Variables as a process has them. */
export type Env = Readonly<Record<string, string | undefined>>;

/** The variable by which every process of an attempt is known. */
export const TOKEN_VARIABLE = 'HPO_ATTEMPT_TOKEN';
/** The tokens of the attempts around it, where a sweep runs within a trial of another one; separated by commas. */
export const OUTER_TOKENS_VARIABLE = 'HPO_OUTER_TOKENS';
/** With the value 1 a process that a trainer starts is left running by every clean-up: a service for others. */
export const KEEP_VARIABLE = 'HPO_KEEP_RUNNING';

export type TrainerEnvInput = {
  readonly attempt: Pick<RunnableAttempt, 'study' | 'trial' | 'token' | 'params' | 'seed' | 'slot'>;
  readonly configFile: string;
  /** Holds the parameters as JSON. */
  readonly paramsFile: string;
  readonly trialDir: string;
  /** Null where trials have no checkpoints. */
  readonly checkpointDir: string | null;
  /** trainer.env of the sweep. */
  readonly trainerEnv: Readonly<Record<string, string>>;
  /** OMP_NUM_THREADS on a CPU slot where neither the user nor trainer.env set it; null: leave it alone. */
  readonly ompThreads: number | null;
  /** What hpo itself was started with. */
  readonly inherited: Env;
};

/**
 * What a trainer gets on top of the inherited environment. trainer.env wins over our defaults and over the slot's
 * pinning (its writer means it); the HPO_ variables win over everything, since recovery depends on them. One that is
 * undefined is not set, though hpo has it itself: in a sweep that is a trial of another one, it speaks of that trial.
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
    HPO_DEVICE: attempt.slot.device,
    ...outerTokens(inherited),
    // A trainer itself is never a service, whatever hpo was started with.
    ...(inherited[KEEP_VARIABLE] === undefined ? {} : { [KEEP_VARIABLE]: undefined }),
    [TOKEN_VARIABLE]: attempt.token,
  };
}

/** When the trial around this sweep is ended, so are the trainers of this sweep. */
function outerTokens(inherited: Env): Env {
  const outer = [inherited[OUTER_TOKENS_VARIABLE], inherited[TOKEN_VARIABLE]].filter(Boolean);
  return outer.length === 0 ? {} : { [OUTER_TOKENS_VARIABLE]: outer.join(',') };
}

/** In a sweep that is itself a trial of another one, the folder of that one must not be taken for our trial's. */
function checkpoints({ checkpointDir, inherited }: TrainerEnvInput): Record<string, string> {
  if (checkpointDir !== null) return { HPO_CHECKPOINT_DIR: checkpointDir };
  return inherited.HPO_CHECKPOINT_DIR === undefined ? {} : { HPO_CHECKPOINT_DIR: '' };
}

/** Numbers with a decimal point. LC_ALL would overrule LC_NUMERIC, so what it says goes into the weaker LANG. */
function plainNumbers(inherited: Env): Record<string, string> {
  const all = inherited.LC_ALL;
  return { LC_NUMERIC: 'C', ...(all ? { LC_ALL: '', LANG: all } : {}) };
}

function threads({ attempt, ompThreads, inherited }: TrainerEnvInput): Record<string, string> {
  const wanted = ompThreads !== null && attempt.slot.device === 'cpu' && !inherited.OMP_NUM_THREADS;
  return wanted ? { OMP_NUM_THREADS: String(Math.max(1, Math.floor(ompThreads))) } : {};
}

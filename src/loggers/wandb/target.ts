import { type HpoError, usageError } from '../../core/errors.js';
import { findKey } from './netrc.js';

export const MODES = ['online', 'offline', 'disabled'] as const;
export type Mode = (typeof MODES)[number];

/** The section `logging.wandb` of a sweep file, with unfilled templates. Null: not given. */
export type WandbOptions = {
  readonly enabled: boolean;
  readonly project: string | null;
  readonly entity: string | null;
  readonly group: string;
  readonly name: string;
  readonly tags: readonly string[];
  readonly notes: string | null;
  readonly jobType: string | null;
  readonly mode: Mode;
  readonly client: 'native' | 'sdk';
};

/** Where and how runs are logged. */
export type Target = {
  readonly options: WandbOptions;
  readonly project: string;
  /** Null: the entity of the API key. */
  readonly entity: string | null;
} & (
  | { readonly mode: 'offline'; readonly folder: string }
  | { readonly mode: 'online'; readonly baseUrl: string; readonly key: string }
);

type Env = Readonly<Record<string, string | undefined>>;

export const DEFAULT_PROJECT = 'hyperparameters_sweep';
const DEFAULT_URL = 'https://api.wandb.ai';
const NAME = /^[^/\\#?%:\u0000-\u001f\u007f]{1,128}$/;

/** Options without a section in the sweep file: `--wandb MODE` alone. */
const PLAIN: WandbOptions = {
  enabled: true,
  project: null,
  entity: null,
  group: '${study}',
  name: '${study}-${trial}',
  tags: [],
  notes: null,
  jobType: null,
  mode: 'online',
  client: 'native',
};

/**
 * Combines the sweep file, the command line and the environment. Null: nothing is logged. The mode is `requested`, otherwise
 * WANDB_MODE, otherwise the file's. Key and project come from where W&B's own programs read them.
 * @throws HpoError (usage) wandb.bad-mode, wandb.bad-url, wandb.bad-name, wandb.no-key.
 */
export function findTarget(
  inFile: WandbOptions | null,
  requested: Mode | undefined,
  env: Env,
): Target | null {
  const options = inFile ?? PLAIN;
  if (requested === undefined && !inFile?.enabled) return null;
  const mode = requested ?? modeOf(env) ?? options.mode;
  if (mode === 'disabled') return null;
  const project = checkName(options.project ?? (env.WANDB_PROJECT || DEFAULT_PROJECT), 'WANDB_PROJECT');
  const entity = options.entity ?? (env.WANDB_ENTITY ? checkName(env.WANDB_ENTITY, 'WANDB_ENTITY') : null);
  if (mode === 'offline') return { options, project, entity, mode, folder: env.WANDB_DIR || '.' };
  const url = baseUrl(env);
  const key = env.WANDB_API_KEY?.trim() || findKey(url.hostname, env);
  if (!key) throw noKey(url.hostname);
  return { options, project, entity, mode, baseUrl: url.href.replace(/\/+$/, ''), key };
}

function noKey(host: string): HpoError {
  return usageError('wandb.no-key', `expected an API key of W&B for ${host}, got none`, {
    fix: `set WANDB_API_KEY, write it to ~/.netrc (machine ${host}), or use --wandb offline or --wandb disabled`,
  });
}

/** W&B's names of the modes, older ones included. */
const ENV_MODES: Readonly<Record<string, Mode>> = {
  online: 'online',
  run: 'online',
  shared: 'online',
  offline: 'offline',
  dryrun: 'offline',
  disabled: 'disabled',
};

function modeOf({ WANDB_MODE: text }: Env): Mode | null {
  if (!text) return null;
  const mode = Object.hasOwn(ENV_MODES, text) ? ENV_MODES[text] : undefined;
  if (mode !== undefined) return mode;
  throw usageError(
    'wandb.bad-mode',
    `expected WANDB_MODE to be online, offline or disabled, got ${JSON.stringify(text)}`,
    { fix: 'set it to one of these, or unset it' },
  );
}

function baseUrl({ WANDB_BASE_URL: text }: Env): URL {
  const url = URL.canParse(text || DEFAULT_URL) ? new URL(text || DEFAULT_URL) : null;
  // The text may contain a password, so messages do not show it.
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search) return url;
  throw usageError(
    'wandb.bad-url',
    'expected WANDB_BASE_URL to be an http or https address, got another text',
    {
      fix: `for example ${DEFAULT_URL}; a name and password in it are not supported`,
    },
  );
}

function checkName(name: string, variable: string): string {
  if (NAME.test(name)) return name;
  throw usageError(
    'wandb.bad-name',
    `expected ${variable} to be at most 128 characters, none of them /, \\, #, ?, % or :, got ${JSON.stringify(name)}`,
  );
}

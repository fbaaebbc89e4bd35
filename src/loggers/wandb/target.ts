import { type HpoError, usageError } from '../../core/errors.js';
import { findKey } from './netrc.js';

export const MODES = ['online', 'offline', 'disabled'] as const;
export type Mode = (typeof MODES)[number];

/** What a sweep file says of W&B, templates as they stand. Null: it says nothing. */
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

/** Where runs go, and how. */
export type Target = {
  readonly options: WandbOptions;
  readonly project: string;
  /** Null: the one that the API key belongs to. */
  readonly entity: string | null;
} & (
  | { readonly mode: 'offline'; readonly folder: string }
  | { readonly mode: 'online'; readonly baseUrl: string; readonly key: string }
);

type Env = Readonly<Record<string, string | undefined>>;

export const DEFAULT_PROJECT = 'hyperparameters_sweep';
const DEFAULT_URL = 'https://api.wandb.ai';
const NAME = /^[^/\\#?%:\u0000-\u001f\u007f]{1,128}$/;

/** With nothing in the sweep file: `--wandb MODE` alone. */
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
 * Puts the sweep file, the command line and the environment together; null when nothing is to be logged. The mode is
 * `asked`, else WANDB_MODE, else the file's. Key and project come from where W&B's own programs take them.
 * @throws HpoError (usage) wandb.bad-mode, wandb.bad-url, wandb.bad-name, wandb.no-key.
 */
export function findTarget(inFile: WandbOptions | null, asked: Mode | undefined, env: Env): Target | null {
  const options = inFile ?? PLAIN;
  if (asked === undefined && !inFile?.enabled) return null;
  const mode = asked ?? modeOf(env) ?? options.mode;
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

/** W&B's own words for the modes, old ones among them. */
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
  // The text itself may hold a password and is not shown.
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

import type { OwnedLiveness } from '../liveness/liveness.js';
import type { Logger } from './logger.js';
import type { Messages } from './messages.js';
import type { MlflowOptions } from './mlflow/target.js';
import type { CommandOptions, WebhookOptions } from './notify/options.js';
import type { Mode, WandbOptions } from './wandb/target.js';

/** What a sweep asks of its loggers: its settings under `logging`, and the environment of the process. */
export type LoggerSettings = {
  /** File of the table; a relative one is below `cwd`. */
  readonly csv: string;
  /** Whether cells that a spreadsheet would run as formulas become text. */
  readonly csvSafe: boolean;
  /** File of the event log; null: none. */
  readonly events: string | null;
  /** Folder of the event files for TensorBoard; null: none. A relative one is below `cwd`. */
  readonly tensorboardDir: string | null;
  /** Section `wandb` of the sweep file; null: it has none. */
  readonly wandb: WandbOptions | null;
  /** The flag `--wandb MODE`; null: not given. */
  readonly wandbMode: Mode | null;
  /** Section `mlflow` of the sweep file; null: it has none. */
  readonly mlflow: MlflowOptions | null;
  /** Section `webhook` of the sweep file; null: it has none. */
  readonly webhook: WebhookOptions | null;
  /** Section `command` under `logging` of the sweep file; null: it has none. */
  readonly command: CommandOptions | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
};

/** What a logger needs besides its settings. */
export type LoggerContext = {
  /** Folder of the outputs of all studies. */
  readonly outputsDir: string;
  /** Folder of the outputs of this study. */
  readonly studyDir: string;
  /** The stream that a person watches. */
  readonly stream: NodeJS.WriteStream;
  readonly messages: Messages;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Opens the liveness of processes that own files in a folder. */
  readonly livenessIn: (folder: string) => Promise<OwnedLiveness>;
};

/**
 * Checks the settings before a sweep creates anything. Returns what creates the logger, or null when the settings turn it off.
 * @throws HpoError (usage) for settings that cannot work.
 */
export type ConfigureLogger = (settings: LoggerSettings) => ((context: LoggerContext) => Logger) | null;

export type LoggerEntry = {
  readonly name: string;
  readonly summary: string;
  /** Whether a sweep with these settings uses the logger. */
  readonly isWanted: (settings: LoggerSettings) => boolean;
  /** Loads the code of the logger. A sweep that does not want the logger never calls it. */
  readonly load: () => Promise<ConfigureLogger>;
};

/**
 * To add a logger: one file, one entry, one scene of its suite (docs/extending.md). The documents follow.
 *
 * Loggers open in this order. They close beside each other, the terminal and the sweep log last, which show the messages of the
 * others.
 */
export const loggers: readonly LoggerEntry[] = [
  {
    name: 'terminal',
    summary: 'bars on a terminal, lines elsewhere',
    isWanted: () => true,
    load: async () => (await import('./terminal/logger.js')).configureTerminal,
  },
  {
    name: 'sweep-log',
    summary: 'launches, ends, pruning, warnings and errors of one call, in `outputs/sweep_*.log`',
    isWanted: () => true,
    load: async () => (await import('./sweep-log.js')).configureSweepLog,
  },
  {
    name: 'csv',
    summary: 'the table of all trials, rewritten while the sweep runs',
    isWanted: () => true,
    load: async () => (await import('./csv/logger.js')).configureCsv,
  },
  {
    name: 'events',
    summary: 'every event as a line of JSON, appended to a file',
    isWanted: ({ events }) => events !== null,
    load: async () => (await import('./events/logger.js')).configureEvents,
  },
  {
    name: 'tensorboard',
    summary: 'an event file for each trial, with its curves and parameters, for TensorBoard',
    isWanted: ({ tensorboardDir }) => tensorboardDir !== null,
    load: async () => (await import('./tensorboard/configure.js')).configureTensorboard,
  },
  {
    name: 'wandb',
    summary: 'a Weights & Biases run for each attempt, online or as files for `wandb sync`',
    isWanted: ({ wandb, wandbMode }) => wandbMode !== null || (wandb?.enabled ?? false),
    load: async () => (await import('./wandb/configure.js')).configureWandb,
  },
  {
    name: 'mlflow',
    summary: 'a run for the sweep and a nested one for each attempt on an MLflow server',
    isWanted: ({ mlflow }) => mlflow?.enabled ?? false,
    load: async () => (await import('./mlflow/configure.js')).configureMlflow,
  },
  {
    name: 'webhook',
    summary: 'a request to an address when the sweep ends, a trial fails or the best improves',
    isWanted: ({ webhook }) => webhook?.enabled ?? false,
    load: async () => (await import('./notify/webhook.js')).configureWebhook,
  },
  {
    name: 'command',
    summary: 'a program that runs when the sweep ends, a trial fails or the best improves',
    isWanted: ({ command }) => command?.enabled ?? false,
    load: async () => (await import('./notify/command.js')).configureCommand,
  },
];

import { messageOf } from '../../core/errors.js';
import type { Logger } from '../../loggers/logger.js';
import { LoggerGroup } from '../../loggers/logger-group.js';
import { Messages } from '../../loggers/messages.js';
import {
  type LoggerContext,
  type LoggerEntry,
  type LoggerSettings,
  loggers,
} from '../../loggers/registry.js';
import { livenessIn } from '../liveness.js';
import { warn } from '../output.js';
import { outputsDir } from '../paths.js';
import type { ResolvedSweep } from './load.js';
import type { OptimizeRequest, StopSignals } from './options.js';

/** How long the end of a sweep waits for what loggers still deliver; less once somebody pressed Ctrl-C. */
const CLOSE_MS = 30_000;
const LEAVING_MS = 5000;

/** Creates one configured logger of a sweep. */
export type LoggerFactory = { readonly name: string; readonly create: (context: LoggerContext) => Logger };

/** The loggers of a sweep, and the texts for people that they show. */
export type SweepLoggers = { readonly group: LoggerGroup; readonly messages: Messages };

/**
 * Returns the loggers that the sweep wants, with checked settings. Creates nothing and loads no other logger.
 * @throws HpoError (usage) of the first logger whose settings cannot work.
 */
export async function configureLoggers(
  settings: LoggerSettings,
  entries: readonly LoggerEntry[] = loggers,
): Promise<readonly LoggerFactory[]> {
  const factories: LoggerFactory[] = [];
  for (const { name, isWanted, load } of entries) {
    if (!isWanted(settings)) continue;
    const configure = await load();
    const create = configure(settings);
    if (create) factories.push({ name, create });
  }
  return factories;
}

/** Returns the settings of the loggers, from the sweep file, the command line and the environment. */
export function loggerSettings(
  { run }: Pick<ResolvedSweep, 'run'>,
  request: Pick<OptimizeRequest, 'wandb'>,
): LoggerSettings {
  return { ...run, wandbMode: request.wandb ?? null, env: process.env, cwd: process.cwd() };
}

/** Creates the loggers of a sweep. A logger that fails is reported on stderr once, with its stack in the sweep log. */
export function createLoggers(
  factories: readonly LoggerFactory[],
  { studyDir, json }: { readonly studyDir: string; readonly json: boolean },
): SweepLoggers {
  const messages = new Messages((error) => warn(`a message could not be shown: ${messageOf(error)}`));
  const context: LoggerContext = {
    outputsDir: outputsDir(),
    studyDir,
    // With --json stdout is for the result.
    stream: json ? process.stderr : process.stdout,
    messages,
    now: Date.now,
    livenessIn,
  };
  const created = factories.map(({ name, create }) => ({ name, logger: create(context) }));
  const group = new LoggerGroup(created, (name, error) => {
    warn(`the logger ${name} failed: ${messageOf(error)}; the sweep continues`);
    messages.send('debug', `error: ${stackOf(error)}`);
  });
  return { group, messages };
}

/** Delivers what is left and closes all loggers. A further Ctrl-C shortens it. Never rejects. */
export async function closeLoggers(group: LoggerGroup, { drain, abort }: StopSignals): Promise<void> {
  const notYet = [drain, abort].filter((signal) => !signal.aborted);
  const limitMs = notYet.length < 2 ? LEAVING_MS : CLOSE_MS;
  await group.close(limitMs, AbortSignal.any(abort.aborted ? [] : notYet));
}

/** Returns the text of an error with its stack, for the sweep log. */
export function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

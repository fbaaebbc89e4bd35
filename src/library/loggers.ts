import { messageOf, usageError } from '../core/errors.js';
import type { ProgressAtStart, StudyInfo } from '../loggers/study-reader.js';
import type { Emit } from '../study/events.js';
import type { SweepContext } from '../study/sweep/sweep-context.js';
import type { OptimizeOptions } from './call-options.js';

/** What is left is delivered within this time when a call ends. */
const CLOSE_MS = 5000;

type OpenLoggers = { readonly emit: Emit; close(abort: AbortSignal): Promise<void> };

/** Opens the caller's loggers. None of them can end the call or keep it waiting; what one throws is a warning. */
export async function openLoggers(
  study: SweepContext,
  { loggers = [], onWarning }: OptimizeOptions,
  progress: Omit<ProgressAtStart, 'configurations' | 'paused'>,
): Promise<OpenLoggers> {
  if (!Array.isArray(loggers))
    throw usageError('optimize.bad-option', `expected loggers to be a list, got ${typeof loggers}`);
  if (loggers.length === 0) return { emit: () => {}, close: async () => {} };
  // Loaded only here: most calls have no logger.
  const { LoggerGroup } = await import('../loggers/logger-group.js');
  const named = loggers.map((logger, k) => ({ name: `logger ${k}`, logger }));
  const group = new LoggerGroup(named, (name, error) => {
    const message = `the ${name} failed: ${messageOf(error)}`;
    if (onWarning) onWarning(message, null);
    else process.emitWarning(message, 'HpoWarning');
  });
  const info: StudyInfo = {
    id: study.id,
    name: study.name,
    createdAtMs: null,
    seed: study.seed,
    spec: study.spec,
    progress: { ...progress, paused: [], configurations: [] },
  };
  await group.open(info, study.storage);
  return {
    emit: group.emit,
    close: async (abort) => {
      await group.flush();
      await group.close(CLOSE_MS, abort);
    },
  };
}

import type { Logger } from './logger.js';
import type { StudyInfo, StudyReader } from './study-reader.js';

/** The logger of one study, without the study and the reader of `open`. */
export type StudyLogger = Pick<Logger, 'on' | 'flush' | 'close'> & {
  /** Recovers what ended processes left behind. Never rejects. */
  open(): Promise<void>;
};

/** Returns a logger that is made when it opens; before that, it has nothing to do. */
export function madeWhenOpened(
  make: (study: StudyInfo, reader: StudyReader) => Promise<StudyLogger>,
): Logger {
  let logger: StudyLogger | null = null;
  return {
    async open(study, reader) {
      logger = await make(study, reader);
      await logger.open();
    },
    on: (event) => logger?.on(event),
    flush: async () => logger?.flush(),
    close: async (limitMs) => logger?.close(limitMs),
  };
}

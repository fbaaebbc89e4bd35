import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printableLine } from '../../src/core/printable.js';
import { pagesOf } from '../../src/loggers/csv/source.js';
import type { Logger } from '../../src/loggers/logger.js';
import type { ConfigureLogger, LoggerEntry } from '../../src/loggers/registry.js';

/** Appends one line for each finished trial to results.txt. When it opens it reads the trials that it missed. */
export const configureResults: ConfigureLogger =
  ({ cwd }) =>
  (): Logger => {
    const file = join(cwd, 'results.txt');
    const lineOf = (trial: number, state: string, reason: string | null) =>
      `${printableLine(`${trial} ${state} ${reason ?? ''}`)}\n`;
    return {
      async open(study, reader) {
        writeFileSync(file, '');
        for await (const rows of pagesOf(reader, study.id))
          for (const { number, state, reason } of rows.filter((row) => row.finishedAtMs !== null))
            appendFileSync(file, lineOf(number, state, reason));
      },
      on(event) {
        if (event.type === 'trial-finished')
          appendFileSync(file, lineOf(event.trial, event.state, event.reason));
      },
      async flush() {},
      async close() {},
    };
  };

/** The line of the registry. */
export const example: LoggerEntry = {
  name: 'results',
  summary: 'one line for each finished trial, in results.txt',
  isWanted: () => true,
  load: async () => configureResults,
};

import { resolve } from 'node:path';
import { HpoError } from '../../core/errors.js';
import type { Logger } from '../logger.js';
import type { ConfigureLogger } from '../registry.js';
import { checkCsvFile } from './file.js';
import { type LiveCsv, makeLiveCsv } from './live.js';
import { makeCsvSource } from './source.js';
import { TableMemory } from './table-memory.js';

/** @throws HpoError (usage) csv.not-writable. */
export const configureCsv: ConfigureLogger = ({ csv, csvSafe, cwd, env }) => {
  checkCsvFile(csv);
  const file = resolve(cwd, csv);
  return ({ messages }): Logger => {
    let table: LiveCsv | null = null;
    return {
      async open(study, reader) {
        const source = makeCsvSource({
          study,
          spec: study.spec,
          reader,
          escapeFormulas: csvSafe,
          warn: (message) => messages.send('warning', message),
        });
        const notify = {
          kept: (path: string) => messages.send('info', `the table of the study before is now ${path}`),
          error: (error: unknown) => messages.send('warning', describeError(error, file)),
        };
        table = makeLiveCsv(file, source, notify, new TableMemory(file, env));
      },
      on: (event) => table?.on(event),
      flush: async () => table?.flush(),
      close: async (limitMs) => table?.close(limitMs),
    };
  };
};

function describeError(error: unknown, file: string): string {
  return error instanceof HpoError ? error.format() : `${file} could not be written: ${error}`;
}

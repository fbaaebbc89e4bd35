import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import type { Logger } from '../logger.js';
import type { ConfigureLogger } from '../registry.js';
import { checkEventsFile, type EventsFile, makeEventsFile } from './file.js';

/**
 * After a crash nothing is recovered: the next process reports reattached attempts again from their first report, and the
 * database has what ended unseen.
 * @throws HpoError (usage) events.not-writable.
 */
export const configureEvents: ConfigureLogger = ({ events: path, cwd }) => {
  if (path === null) return null;
  checkEventsFile(path);
  const file = resolve(cwd, path);
  return ({ now, messages }): Logger => {
    let events: EventsFile | null = null;
    let hasWarned = false;
    const warn = (message: string) => {
      if (!hasWarned) messages.send('warning', message);
      hasWarned = true;
    };
    const flush = () => {
      if (events?.flush() ?? true) return true;
      warn('the event log is incomplete: the disk is full');
      return false;
    };
    return {
      async open({ name, spec }) {
        const header = { study: name, call: randomBytes(4).toString('hex'), objectives: spec.objectives };
        events = makeEventsFile(file, header, () => new Date(now()), warn);
      },
      on: (event) => events?.on(event),
      async flush() {
        if (!flush()) throw new Error('the event log is incomplete');
      },
      async close() {
        flush();
      },
    };
  };
};

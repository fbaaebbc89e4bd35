import type { Messages } from '../messages.js';
import type { Notices } from './delivery.js';

/** Returns where a logger of a service sends texts. Only the first problem is a warning: one obstacle often brings others. */
export function makeNotices(messages: Messages): Notices {
  let hasWarned = false;
  return {
    inform: (message) => messages.send('info', message),
    warn(message) {
      messages.send(hasWarned ? 'info' : 'warning', message);
      hasWarned = true;
    },
  };
}

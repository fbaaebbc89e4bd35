import { printable } from '../../core/printable.js';
import type { SweepEvent } from '../../study/events.js';
import type { Logger } from '../logger.js';
import { type Message, messageText } from '../messages.js';
import type { ConfigureLogger } from '../registry.js';
import { makePlainView } from './plain.js';
import { Progress } from './progress.js';

/** What a person watches while a sweep runs. */
export type View = {
  readonly on: (event: SweepEvent) => void;
  /** Shows a line of text among the others. */
  readonly log: (line: string) => void;
  readonly close: () => void;
};

/** A live display where the stream is a terminal that can move its cursor, plain lines elsewhere. */
export const configureTerminal: ConfigureLogger =
  ({ env }) =>
  ({ stream, messages, now }): Logger => {
    let view: View | null = null;
    const makeView = async (progress: Progress): Promise<View> => {
      if (stream.isTTY && env.TERM !== 'dumb')
        return (await import('./live.js')).makeLiveView(progress, stream, now, env);
      return makePlainView(progress, (line) => stream.write(`${printable(line)}\n`), now);
    };
    const show = (message: Message) => {
      if (message.level !== 'debug') view?.log(messageText(message));
    };
    return {
      async open({ spec, progress }) {
        view = await makeView(new Progress({ ...progress, ...spec, startedAtMs: now() }));
        messages.listen(show);
      },
      on: (event) => view?.on(event),
      // Everything is shown at once.
      async flush() {},
      async close() {
        view?.close();
        view = null;
      },
    };
  };

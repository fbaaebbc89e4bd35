/** `debug` is for log files. A person at a terminal sees `info` and `warning`. */
export type MessageLevel = 'debug' | 'info' | 'warning';

/** A text for people. It may contain control characters: escape it before showing it. */
export type Message = { readonly level: MessageLevel; readonly text: string };

/** Returns the text of a message, with its level where it is a warning. */
export function messageText({ level, text }: Message): string {
  return level === 'warning' ? `warning: ${text}` : text;
}

/**
 * Texts for people that are no events: the headline of a sweep, and problems of the loggers themselves. Loggers that people
 * read (the terminal, the sweep log) listen. Every logger may send.
 */
export class Messages {
  readonly #onError: (error: unknown) => void;
  readonly #sent: Message[] = [];
  readonly #listeners: ((message: Message) => void)[] = [];

  /** `onError` receives what a listener throws. */
  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** Passes a message to every listener. Never throws. */
  send(level: MessageLevel, text: string): void {
    const message = { level, text };
    this.#sent.push(message);
    for (const listener of this.#listeners) this.#pass(message, listener);
  }

  /** Adds a listener. It receives all earlier messages first. */
  listen(listener: (message: Message) => void): void {
    for (const message of this.#sent) this.#pass(message, listener);
    this.#listeners.push(listener);
  }

  #pass(message: Message, listener: (message: Message) => void): void {
    try {
      listener(message);
    } catch (error) {
      this.#onError(error);
    }
  }
}

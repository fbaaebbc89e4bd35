import { messageOf } from '../../core/errors.js';
import type { Logger } from '../logger.js';
import type { Messages } from '../messages.js';
import { settleWithin } from '../settle-within.js';
import { type Notification, Notifications } from './notification.js';
import type { Notified } from './options.js';

/** Notifications that wait at most; beyond that, the oldest is dropped. */
const MAX_WAITING = 100;
/** How long the end of a sweep waits for them, and for the last one to end when it is cut off. */
const CLOSE_MS = 8000;
const STOP_MS = 1000;

export type SenderParts = {
  /** What sends them, for messages: `the webhook of chat.example.org`. */
  readonly name: string;
  readonly on: readonly Notified[];
  /** Sends one. Rejects when that fails, and soon after the signal is aborted. */
  readonly send: (notification: Notification, signal: AbortSignal) => Promise<void>;
  readonly messages: Messages;
  /** Milliseconds since 1970. */
  readonly now: () => number;
};

/** Returns a logger that sends notifications, one after another, beside the sweep. Only the first fault is a warning. */
export function makeSender({ name, on, send, messages, now }: SenderParts): Logger {
  const waiting: Notification[] = [];
  const stop = new AbortController();
  const leave = new AbortController();
  let notifications: Notifications | null = null;
  let sending: Promise<void> | null = null;
  let lost = 0;
  let hasWarned = false;
  let closing: Promise<void> | null = null;
  const warn = (text: string) => {
    messages.send(hasWarned ? 'info' : 'warning', `${name}: ${text}`);
    hasWarned = true;
  };
  const sendOne = async (notification: Notification) => {
    try {
      await send(notification, stop.signal);
    } catch (error) {
      lost++;
      if (!stop.signal.aborted && !hasWarned) warn(`${messageOf(error)}; the sweep continues`);
    }
  };
  const sendAll = async () => {
    for (let next = waiting.shift(); next !== undefined && !stop.signal.aborted; next = waiting.shift())
      await sendOne(next);
    sending = null;
  };
  const close = async (limitMs: number) => {
    const halfMs = Math.min(limitMs, CLOSE_MS) / 2;
    await settleWithin(halfMs, sending ?? Promise.resolve(), leave.signal);
    // Earlier ones must not hold up the end of the sweep, which people wait for.
    const end = waiting.at(-1)?.event === 'finished' ? waiting.pop() : undefined;
    const all = Promise.all([sending, end && sendOne(end)]);
    await settleWithin(halfMs, all, leave.signal);
    lost += waiting.length;
    stop.abort();
    await settleWithin(STOP_MS, all);
    if (lost > 0) warn(`${lost === 1 ? '1 notification was' : `${lost} notifications were`} not delivered`);
  };
  return {
    async open(study) {
      notifications = new Notifications(study, on, now);
    },
    on(event) {
      for (const each of notifications?.note(event) ?? []) {
        if (waiting.length >= MAX_WAITING) {
          waiting.shift();
          lost++;
        }
        waiting.push(each);
      }
      if (waiting.length > 0) sending ??= sendAll();
    },
    async flush() {},
    close(limitMs) {
      if (closing) setTimeout(() => leave.abort(), limitMs).unref();
      closing ??= close(limitMs);
      return closing;
    },
  };
}

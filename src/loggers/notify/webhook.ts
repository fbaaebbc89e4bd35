import { usageError } from '../../core/errors.js';
import { fillTemplate, variableOf } from '../../core/template.js';
import { readAnswer } from '../http/answer.js';
import { backoffMs, pause, retryAfterMs } from '../http/backoff.js';
import { reasonOf } from '../http/client.js';
import { basicAuthorization, loginOf } from '../http/login.js';
import { makeRedact } from '../http/redact.js';
import { jsonLine } from '../json.js';
import type { ConfigureLogger } from '../registry.js';
import { type Notification, textsOf } from './notification.js';
import type { WebhookOptions } from './options.js';
import { makeSender } from './sender.js';

type Env = Readonly<Record<string, string | undefined>>;
type Request = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Whether a message may have what the server says. A server may repeat any part of a login and of headers. */
  readonly isQuotable: boolean;
};

const TRIES = 3;
const TIMEOUT_MS = 10_000;
const MAX_PAUSE_MS = 30_000;

/**
 * Null where `enabled` is false.
 * @throws HpoError (usage) webhook.no-url, webhook.bad-url, webhook.bad-header, webhook.no-variable.
 */
export const configureWebhook: ConfigureLogger = ({ webhook, env }) => {
  if (!webhook?.enabled) return null;
  const { url, headers, secrets, isQuotable } = requestOf(webhook, env);
  const redacts = secrets.map((text) => makeRedact({ text, sent: url.href, shownAs: '[address]' }));
  const redact = (text: string) => redacts.reduce((clean, each) => each(clean), text);
  const request = { url: url.href, headers, isQuotable };
  return ({ messages, now }) =>
    makeSender({
      name: `the webhook of ${url.host}`,
      on: webhook.on,
      messages,
      now,
      send: (notification, signal) => post(request, bodyOf(notification, webhook.body), { redact, signal }),
    });
};

/** No message shows the address: it is often the key to a chat. */
function requestOf(
  { url: text, headers: given }: WebhookOptions,
  env: Env,
): Omit<Request, 'url'> & { readonly url: URL; readonly secrets: readonly string[] } {
  const variables: string[] = [];
  const address = text === null ? env.HPO_WEBHOOK_URL : filled(text, env, variables);
  if (!address)
    throw usageError('webhook.no-url', 'expected url or HPO_WEBHOOK_URL to name an address, got none', {
      fix: 'add url: https://... to logging.webhook, or set the variable',
    });
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !/^https?:$/.test(url.protocol))
    throw usageError(
      'webhook.bad-url',
      'expected an http or https address for the webhook, got another text',
    );
  const headers: Record<string, string> = { 'content-type': 'application/json', 'user-agent': 'hpo' };
  const login = loginOf(url);
  if (login !== null) {
    headers.authorization = basicAuthorization(login.user, login.password);
    url.username = '';
    url.password = '';
  }
  for (const [name, value] of Object.entries(given)) headers[name.toLowerCase()] = filled(value, env);
  try {
    new Headers(headers);
  } catch {
    throw usageError('webhook.bad-header', 'expected headers that HTTP can send, got another name or value');
  }
  const path = url.pathname + url.search;
  const secrets = path.length > 1 ? [path, ...variables] : variables;
  return { url, headers, secrets, isQuotable: login === null && Object.keys(given).length === 0 };
}

/** Adds the values of variables to `values`. */
function filled(template: string, env: Env, values: string[] = []): string {
  return fillTemplate(template, (placeholder) => {
    const name = variableOf(placeholder);
    if (name === null) return null;
    const value = env[name];
    if (value) {
      values.push(value);
      return value;
    }
    throw usageError(
      'webhook.no-variable',
      `expected the environment variable ${name} for the webhook, got none`,
      {
        fix: 'set it, or write the value into the sweep file',
      },
    );
  });
}

function bodyOf(notification: Notification, templates: WebhookOptions['body']): string {
  if (templates === null) return jsonLine(notification);
  const texts = textsOf(notification);
  const fields = Object.entries(templates).map(([name, template]) => [
    name,
    fillTemplate(template, (each) => texts[each] ?? null),
  ]);
  return jsonLine(Object.fromEntries(fields));
}

type Around = { readonly redact: (text: string) => string; readonly signal: AbortSignal };

/** Posts until the server accepts, or refuses for good, a few times at most. */
async function post(request: Request, body: string, around: Around): Promise<void> {
  for (let tries = 1; ; tries++) {
    const { trouble, waitMs } = await postOnce(request, body, around);
    if (trouble === null) return;
    if (waitMs === null || tries === TRIES || around.signal.aborted) throw new Error(trouble);
    await pause(Math.max(backoffMs(tries, Math.random), Math.min(waitMs, MAX_PAUSE_MS)), around.signal);
  }
}

/** `trouble` null: it was accepted. `waitMs` null: another try is of no use. */
async function postOnce(request: Request, body: string, { redact, signal }: Around) {
  const { url, headers, isQuotable } = request;
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(new Error(`no answer in ${TIMEOUT_MS / 1000} s`)), TIMEOUT_MS);
  try {
    const limit = AbortSignal.any([signal, late.signal]);
    // A redirect must not send the text to another address.
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal: limit });
    const { said } = await readAnswer(response, redact);
    if (response.ok) return { trouble: null, waitMs: null };
    const { status } = response;
    const isTemporary = status >= 500 || status === 408 || status === 429;
    const waitMs = isTemporary ? (retryAfterMs(response.headers.get('retry-after'), Date.now()) ?? 0) : null;
    return { trouble: `HTTP ${status}${said === '' || !isQuotable ? '' : ` (${said})`}`, waitMs };
  } catch (error) {
    return { trouble: reasonOf(error, redact), waitMs: 0 };
  } finally {
    clearTimeout(timer);
  }
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Dashboard } from '../dashboard.js';
import { findRoute } from '../routes/table.js';
import { type Answer, json } from './answer.js';
import { readBody } from './body.js';
import { acceptedEncoding, SMALLEST_BYTES } from './encoding.js';
import { parsePath } from './path.js';
import { errorBody, Refusal, refusalOf } from './refusal.js';
import { refusalPage } from './refusal-page.js';
import {
  type Access,
  checkHost,
  checkOrigin,
  checkToken,
  SECURITY_HEADERS,
  tokenCookie,
} from './security.js';

type Serving = { readonly dashboard: Dashboard; readonly access: Access };

/** Answers one request: its checks, its route, its headers. Never rejects. */
export async function answerRequest(
  { dashboard, access }: Serving,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.on('error', () => {});
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
  // What nobody reads stays in memory: such a connection is closed.
  const close = () => void response.destroy();
  try {
    const answer = await findAnswer({ dashboard, access }, request, response);
    if ('stream' in answer && request.method === 'HEAD') response.writeHead(200).end();
    else if ('stream' in answer) {
      // The type decides what it is; EventSource reads nothing else.
      response.removeHeader('X-Content-Type-Options');
      response.setTimeout(dashboard.options.unreadMs, close);
      answer.stream(response);
    } else await send(answer, request, response.setTimeout(dashboard.options.unreadMs, close));
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal.code === 'dashboard.defect') dashboard.options.onDefect(error);
    await refuse(refusal, request, response);
  }
}

/** Host before token before path: who may not ask learns nothing, not even which paths there are. */
async function findAnswer(
  { dashboard, access }: Serving,
  request: IncomingMessage,
  response: ServerResponse,
) {
  const { method = '', headers, url = '' } = request;
  checkHost({ method, headers, query: NO_QUERY }, access);
  const { segments, query } = parsePath(url);
  const asked = { method, headers, query };
  const hasNewToken = checkToken(asked, access);
  checkOrigin(asked);
  const { route, params } = findRoute(method, segments);
  if (route.changes && dashboard.options.readOnly)
    throw new Refusal(403, 'dashboard.read-only', 'this page only shows', {
      fix: 'start hpo dashboard without --read-only',
    });
  const body = route.method === 'POST' ? await readBody(request) : {};
  if (hasNewToken) response.setHeader('Set-Cookie', tokenCookie(access));
  return route.answer(dashboard, { params, query, body });
}

const NO_QUERY = new URLSearchParams();

async function send(answer: Answer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
  const { ETag: tag } = answer.headers;
  if (tag !== undefined && request.headers['if-none-match'] === tag) {
    response.writeHead(304).end();
    return;
  }
  const { body, compress } = answer;
  if (body !== null) response.setHeader('Vary', 'Accept-Encoding');
  const encoding =
    body !== null && compress !== null && body.length >= SMALLEST_BYTES
      ? acceptedEncoding(request.headers['accept-encoding'])
      : null;
  const sent = encoding !== null && compress !== null ? await compress(encoding) : (body ?? new Uint8Array());
  if (encoding !== null) response.setHeader('Content-Encoding', encoding);
  response.setHeader('Content-Length', sent.byteLength);
  response.writeHead(answer.status);
  response.end(request.method === 'HEAD' ? undefined : sent);
}

/** After an error the rest of a body is not read, so the connection cannot serve another request. */
async function refuse(refusal: Refusal, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  if (!request.complete) response.setHeader('Connection', 'close');
  const isPage = request.method === 'GET' && /\btext\/html\b/.test(request.headers.accept ?? '');
  const answer = isPage ? refusalPage(refusal) : json(errorBody(refusal), refusal.status);
  await send({ ...answer, headers: { ...answer.headers, ...refusal.headers } }, request, response);
}

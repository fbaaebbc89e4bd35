import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import { hostname, networkInterfaces } from 'node:os';
import { usageError } from '../../core/errors.js';
import { codeOf } from '../../core/system-error.js';
import { Assets } from './assets.js';
import type { Dashboard, DashboardOptions } from './dashboard.js';
import { Database } from './data/database.js';
import { OpenStudies } from './data/open-studies.js';
import { prepareStudy } from './data/prepare.js';
import { StudyList } from './data/study-list.js';
import { EventHub } from './events/event-hub.js';
import { answerRequest } from './http/answer-request.js';
import type { Access } from './http/security.js';

const REQUEST_MS = 30_000;
const MAX_CONNECTIONS = 256;

export type RunningDashboard = {
  /** With the token. */
  readonly url: string;
  readonly port: number;
  /** Ends it at once, open streams included. */
  close(): Promise<void>;
};

/**
 * Serves the page of a database.
 * @throws HpoError dashboard.port-in-use, dashboard.cannot-listen (usage).
 */
export async function serveDashboard(options: DashboardOptions): Promise<RunningDashboard> {
  const dashboard = await makeDashboard(options);
  const server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS });
  server.maxConnections = MAX_CONNECTIONS;
  const port = await listen(server, options);
  const access: Access = {
    token: randomBytes(24).toString('base64url'),
    cookieName: `hpo-${port}`,
    hosts: new Set([
      ...hostNames(options.host).map((name) => withPort(name, port)),
      ...(options.allowedHosts ?? []).map((name) => allowedHost(name, port)),
    ]),
  };
  server.on('request', (request, response) => {
    void answerRequest({ dashboard, access }, request, response);
  });
  void prepareFirst(dashboard);
  const shown = isAnyAddress(options.host) ? hostname() : options.host;
  return {
    url: `http://${withPort(shown, port)}/?token=${access.token}`,
    port,
    close: async () => {
      dashboard.hub.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
      await dashboard.database.close();
    },
  };
}

async function makeDashboard(options: DashboardOptions): Promise<Dashboard> {
  const database = new Database(options.url, options.openStorage, () => {
    studies.forget();
    list.forget();
  });
  const studies = new OpenStudies(database);
  const list = new StudyList(database, studies);
  const hub = new EventHub(database, studies);
  return { options, database, studies, list, hub, assets: await Assets.load(options.assets) };
}

/**
 * Opens the study that will most likely be looked at, where that is quick, while the browser starts. Never rejects: what is
 * wrong with the database, the page's requests say.
 */
async function prepareFirst({ options, database, studies }: Dashboard): Promise<void> {
  try {
    await database.storage();
    const name = options.firstStudy ?? database.newestStudy;
    if (name !== null && (await studies.hasSummary(name))) await prepareStudy(studies, name);
  } catch {
    // There is no database yet.
  }
}

function listen(server: Server, { host, port }: DashboardOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(error, host, port)));
    server.listen({ host, port }, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function cannotListen(error: unknown, host: string, port: number) {
  if (codeOf(error) === 'EADDRINUSE')
    return usageError('dashboard.port-in-use', `port ${port} of ${host} is in use`, {
      fix: `choose another one: --port ${port + 1}, or --port 0 for any free one`,
    });
  if (codeOf(error) === 'EACCES')
    return usageError('dashboard.cannot-listen', `this user may not listen on port ${port}`, {
      fix: 'choose a port from 1024 on, or --port 0 for any free one',
    });
  return usageError('dashboard.cannot-listen', `cannot listen on ${host}, port ${port}`, {
    fix: 'give --host an address or a name of this machine',
    cause: error,
  });
}

/**
 * Names under which this server may be asked for. A page of another server can make its own name lead here, and would then
 * be taken for this server's page.
 */
function hostNames(host: string): string[] {
  const loopback = ['127.0.0.1', 'localhost', '[::1]'];
  if (isAnyAddress(host)) {
    const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
    return [...loopback, hostname().toLowerCase(), ...addresses.map(({ address }) => bracketed(address))];
  }
  return loopback.includes(bracketed(host)) ? loopback : [bracketed(host).toLowerCase()];
}

/** As browsers send it: in lower case, with the port of this server where it has none of its own. */
function allowedHost(name: string, port: number): string {
  const host = name.toLowerCase();
  return /:\d+$/.test(host) ? host : withPort(host, port);
}

const isAnyAddress = (host: string) => host === '0.0.0.0' || host === '::';

/** IPv6 addresses have brackets in URLs. */
const bracketed = (host: string) => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);

/** Browsers leave out the port 80. */
function withPort(host: string, port: number): string {
  return port === 80 ? bracketed(host) : `${bracketed(host)}:${port}`;
}

import { readFileSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { join } from 'node:path';
import { type HpoError, usageError } from '../../core/errors.js';
import { hidePassword, POSTGRES_SCHEME } from '../shown-url.js';
import { passwordFor } from './password-file.js';
import { knownPassword } from './secrets.js';

/** A server, and what is asked of it, from a URL and the environment as libpq reads them. */
export type Target = {
  /** In the order in which they are tried. A host that begins with `/` is the folder of a Unix socket. */
  readonly hosts: readonly { readonly host: string; readonly port: number }[];
  readonly database: string;
  readonly user: string;
  readonly applicationName: string;
  /** Parameters of the session, as PGOPTIONS has them; empty for none. */
  readonly options: string;
  readonly connectTimeoutMs: number | null;
  /** Whether a server that only reads is passed over. */
  readonly needsWrites: boolean;
  readonly tls: {
    readonly mode: SslMode;
    readonly rootCertificate: string | null;
    readonly certificate: string | null;
    readonly key: string | null;
  };
  passwordFor(host: string, port: number): string | null;
};

const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;
export type SslMode = (typeof SSL_MODES)[number];

type Environment = Readonly<Record<string, string | undefined>>;
type Parameters = Readonly<Record<string, string>>;

/** Parameters of libpq that are understood, and the variable that gives each. */
const VARIABLES: Readonly<Record<string, string | null>> = {
  host: 'PGHOST',
  port: 'PGPORT',
  dbname: 'PGDATABASE',
  user: 'PGUSER',
  password: 'PGPASSWORD',
  passfile: 'PGPASSFILE',
  service: 'PGSERVICE',
  sslmode: 'PGSSLMODE',
  sslrootcert: 'PGSSLROOTCERT',
  sslcert: 'PGSSLCERT',
  sslkey: 'PGSSLKEY',
  connect_timeout: 'PGCONNECT_TIMEOUT',
  application_name: 'PGAPPNAME',
  options: 'PGOPTIONS',
  target_session_attrs: 'PGTARGETSESSIONATTRS',
};

/** @throws HpoError storage.bad-url (usage), which never has the password. */
export function parseTarget(url: string, environment: Environment = process.env): Target {
  const given = parametersOf(url);
  const service = serviceOf(given.service ?? environment.PGSERVICE, environment);
  const from = (name: string): string | null =>
    given[name] || service[name] || environment[VARIABLES[name] ?? ''] || null;
  const user = from('user') ?? userInfo().username;
  const hosts = hostsOf(from('host'), from('port'), url);
  const database = from('dbname') ?? user;
  const password = given.password ?? knownPassword(url) ?? from('password');
  const passfile = from('passfile') ?? join(homeOf(environment), '.pgpass');
  return {
    hosts,
    database,
    user,
    applicationName: from('application_name') ?? 'hpo',
    options: from('options') ?? '',
    connectTimeoutMs: secondsOf(from('connect_timeout')),
    needsWrites: ['read-write', 'primary'].includes(from('target_session_attrs') ?? ''),
    tls: {
      mode: modeOf(from('sslmode'), url),
      rootCertificate: from('sslrootcert'),
      certificate: from('sslcert'),
      key: from('sslkey'),
    },
    passwordFor: (host, port) => password ?? passwordFor(passfile, { host, port, database, user }),
  };
}

/** Returns the password that a URL has, or null. @throws HpoError storage.bad-url (usage). */
export function passwordIn(url: string): string | null {
  return parametersOf(url).password ?? null;
}

/** The parts of a URL, as parameters of libpq. Hosts and ports are lists with commas. */
function parametersOf(url: string): Parameters {
  const rest = url.replace(POSTGRES_SCHEME, '');
  const [beforeQuery = '', ...query] = rest.split('?');
  const slash = beforeQuery.indexOf('/');
  const authority = slash < 0 ? beforeQuery : beforeQuery.slice(0, slash);
  const at = authority.lastIndexOf('@');
  const [user = '', ...password] = at < 0 ? [''] : authority.slice(0, at).split(':');
  const hosts = authority
    .slice(at + 1)
    .split(',')
    .map(hostAndPort);
  const decode = (text: string) => decoded(text, url);
  const found: Record<string, string> = {
    user: decode(user),
    host: hosts.map(({ host }) => decode(host)).join(','),
    port: hosts.some(({ port }) => port !== '') ? hosts.map(({ port }) => port).join(',') : '',
    dbname: slash < 0 ? '' : decode(beforeQuery.slice(slash + 1)),
  };
  if (password.length > 0) found.password = decode(password.join(':'));
  for (const pair of query.join('?').split('&').filter(Boolean)) {
    const [name = '', ...value] = pair.split('=');
    const key = decode(name);
    if (!Object.hasOwn(VARIABLES, key)) {
      const known = Object.keys(VARIABLES).join(', ');
      throw badTarget(url, `a parameter of PostgreSQL that hpo knows (${known}), got ${JSON.stringify(key)}`);
    }
    found[key] = decode(value.join('='));
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== ''));
}

function hostAndPort(text: string): { host: string; port: string } {
  const bracketed = /^\[(.*)\](?::(.*))?$/.exec(text);
  if (bracketed) return { host: bracketed[1] ?? '', port: bracketed[2] ?? '' };
  const [host = '', port = ''] = text.split(':');
  return { host, port };
}

function decoded(text: string, url: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badTarget(url, 'percent-encoded UTF-8 (% itself is %25)');
  }
}

function hostsOf(host: string | null, port: string | null, url: string): Target['hosts'] {
  const hosts = (host ?? defaultHost()).split(',');
  const ports = (port ?? '5432').split(',');
  if (ports.length !== 1 && ports.length !== hosts.length)
    throw badTarget(url, `one port or ${hosts.length}, one for each host, got ${ports.length}`);
  return hosts.map((each, k) => {
    const text = (ports.length === 1 ? ports[0] : ports[k]) || '5432';
    const number = Number(text);
    if (!/^\d+$/.test(text) || number < 1 || number > 65_535)
      throw badTarget(url, `a port from 1 to 65535, got ${text}`);
    return { host: each || defaultHost(), port: number };
  });
}

/** Debian's folder of sockets, where libpq looks first; elsewhere this machine by TCP. */
function defaultHost(): string {
  return process.platform === 'linux' ? '/var/run/postgresql' : 'localhost';
}

function modeOf(text: string | null, url: string): SslMode {
  const mode = SSL_MODES.find((each) => each === (text ?? 'prefer'));
  if (!mode) throw badTarget(url, `sslmode ${SSL_MODES.join(', ')}, got ${text}`);
  return mode;
}

function secondsOf(text: string | null): number | null {
  const seconds = Number(text);
  return text === null || !Number.isFinite(seconds) || seconds <= 0 ? null : Math.max(2, seconds) * 1000;
}

/** The parameters of a service in ~/.pg_service.conf. */
function serviceOf(name: string | undefined, environment: Environment): Parameters {
  if (!name) return {};
  const file = environment.PGSERVICEFILE || join(homeOf(environment), '.pg_service.conf');
  let section: string | null = null;
  const found: Record<string, string> = {};
  let isThere = false;
  for (const line of readLines(file)) {
    const header = /^\[(.*)\]$/.exec(line.trim());
    if (header) section = header[1] ?? '';
    if (section === name) isThere = true;
    const pair = /^\s*(\w+)=(.*)$/.exec(line);
    if (section === name && pair) found[pair[1] ?? ''] = (pair[2] ?? '').trim();
  }
  if (isThere) return found;
  throw usageError('storage.no-service', `expected a service ${JSON.stringify(name)} in ${file}, got none`, {
    fix: 'name a service of that file in PGSERVICE or ?service=, or give the host and the database in the URL',
  });
}

function readLines(file: string): string[] {
  try {
    return readFileSync(file, 'utf8').split('\n');
  } catch {
    return [];
  }
}

export function homeOf(environment: Environment): string {
  return environment.HOME || homedir();
}

function badTarget(url: string, expected: string): HpoError {
  return usageError('storage.bad-url', `expected ${expected} in ${hidePassword(url)}`, {
    fix: 'use postgresql://USER@HOST:PORT/DATABASE?sslmode=verify-full, with the password in ~/.pgpass or PGPASSWORD',
  });
}

import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { HpoError } from '../../../src/core/errors.js';
import { parseTarget } from '../../../src/storage/postgres/target.js';
import { sslTries } from '../../../src/storage/postgres/tls.js';

function home(files: Readonly<Record<string, string>>, mode = 0o600): string {
  const folder = mkdtempSync(join(tmpdir(), 'hpo-home-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), mode);
  }
  return folder;
}

const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'none';
  } catch (error) {
    return (error as HpoError).code;
  }
};

test('a URL names hosts, ports, the database, the user and parameters', () => {
  const target = parseTarget('postgresql://me%40x:p@a:5433,b/studies?sslmode=require&connect_timeout=3', {});
  expect(target).toMatchObject({
    hosts: [
      { host: 'a', port: 5433 },
      { host: 'b', port: 5432 },
    ],
    database: 'studies',
    user: 'me@x',
    connectTimeoutMs: 3000,
    tls: { mode: 'require' },
  });
  expect(target.passwordFor('a', 5433)).toBe('p');
  expect(parseTarget('postgresql+psycopg2://me@[::1]:5434/db', {}).hosts).toEqual([
    { host: '::1', port: 5434 },
  ]);
  expect(parseTarget('postgres://me@/db?host=%2Ftmp%2Fa&port=1', {}).hosts).toEqual([
    { host: '/tmp/a', port: 1 },
  ]);
});

test('what a URL does not say comes from the variables of libpq, and the database is called as the user', () => {
  const variables = {
    PGHOST: 'h',
    PGPORT: '6000',
    PGUSER: 'u',
    PGPASSWORD: 'w',
    PGSSLMODE: 'disable',
    PGAPPNAME: 'app',
  };
  const target = parseTarget('postgresql://', variables);
  expect(target).toMatchObject({
    hosts: [{ host: 'h', port: 6000 }],
    user: 'u',
    database: 'u',
    applicationName: 'app',
    tls: { mode: 'disable' },
  });
  expect(target.passwordFor('h', 6000)).toBe('w');
  expect(parseTarget('postgresql://v@g/d', variables)).toMatchObject({
    user: 'v',
    database: 'd',
    hosts: [{ host: 'g', port: 6000 }],
  });
});

test('a service of the service file gives what the URL does not', () => {
  const HOME = home({
    '.pg_service.conf': '[other]\nhost=no\n\n[lab]\nhost=db.lab\nport=7000\ndbname=studies\n',
  });
  expect(parseTarget('postgresql://me@/?service=lab', { HOME })).toMatchObject({
    hosts: [{ host: 'db.lab', port: 7000 }],
    database: 'studies',
  });
  expect(codeOf(() => parseTarget('postgresql://', { HOME, PGSERVICE: 'none' }))).toBe('storage.no-service');
});

test('the first line of a password file that fits gives the password, with escapes', () => {
  const lines = [
    '# a comment',
    'other:*:*:*:no',
    'h:5432:d\\:b:u:p\\:w\\\\d:x',
    '*:*:*:*:rest',
    'localhost:*:*:*:late',
  ];
  const HOME = home({ '.pgpass': lines.join('\n') });
  const of = (url: string) => parseTarget(url, { HOME }).passwordFor('h', 5432);
  expect(of('postgresql://u@h/d%3Ab')).toBe('p:w\\d:x');
  expect(of('postgresql://v@h/d')).toBe('rest');
  const local = home({ pass: 'localhost:5432:d:u:socket' });
  const target = parseTarget('postgresql://u@/d', { HOME: local, PGPASSFILE: join(local, 'pass') });
  expect(target.passwordFor('/var/run/postgresql', 5432)).toBe('socket');
});

test('a password file that others may read is not used', () => {
  const HOME = home({ '.pgpass': '*:*:*:*:seen' }, 0o644);
  expect(parseTarget('postgresql://u@h/d', { HOME }).passwordFor('h', 5432)).toBeNull();
});

test.each([
  ['postgresql://h:99999/d', '65535'],
  ['postgresql://h/d?sslmode=maybe', 'verify-full'],
  ['postgresql://h/d?sslmod=require', 'sslmode'],
  ['postgresql://h:1,i:2,j/d?port=1,2', 'port'],
  ['postgresql://me:%zz@h/d', '%25'],
])('%s is refused with what is expected, and without a password', (url, expected) => {
  expect(() => parseTarget(url, {})).toThrow(expected);
  expect(codeOf(() => parseTarget(url, {}))).toBe('storage.bad-url');
  expect(() => parseTarget(url, {})).not.toThrow('zz');
});

test('sslmode decides how a host is tried, and a Unix socket has no TLS', () => {
  const tries = (mode: string, more = '') =>
    sslTries(parseTarget(`postgresql://h/d?sslmode=${mode}${more}`, {}), 'h').map((ssl) =>
      ssl === false ? 'plain' : ssl.rejectUnauthorized ? 'verified' : 'encrypted',
    );
  expect(tries('disable')).toEqual(['plain']);
  expect(tries('allow')).toEqual(['plain', 'encrypted']);
  expect(tries('prefer')).toEqual(['encrypted', 'plain']);
  expect(tries('require')).toEqual(['encrypted']);
  expect(tries('verify-full', '&sslrootcert=system')).toEqual(['verified']);
  expect(codeOf(() => tries('verify-ca', '&sslrootcert=%2Fno%2Fsuch'))).toBe('storage.certificate');
  expect(sslTries(parseTarget('postgresql:///d?sslmode=require', {}), '/tmp')).toEqual([false]);
});

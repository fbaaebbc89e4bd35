// Starts a PostgreSQL server of Debian's package in one folder, and removes it again. Nothing else on the machine changes.
//   node scripts/real/postgres.mjs start FOLDER [--durable]   prints its URLs as JSON; about two seconds
//   node scripts/real/postgres.mjs stop FOLDER                stops it and removes the folder
// It listens on a Unix socket in the folder, without a password, and on a free port of 127.0.0.1 with one, with or without
// TLS (root.crt in the folder). The server refuses to run as root: then it runs as the user `postgres`, which the package creates.
// Without --durable nothing is synced to the disk: for tests, which lose no power.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { freePorts } from './daemons.mjs';

const run = promisify(execFile);
const PACKAGES = '/usr/lib/postgresql';
const STARTS_WITHIN_S = 50;

/** Returns the folder of the newest installed server's programs, or null. */
export function postgresPrograms() {
  if (!existsSync(PACKAGES)) return null;
  const versions = readdirSync(PACKAGES).filter((name) => existsSync(join(PACKAGES, name, 'bin', 'initdb')));
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? null : join(PACKAGES, newest, 'bin');
}

/**
 * Starts a server in a new folder. Returns its URLs, the folder and the password. `listen`: an address instead of 127.0.0.1, for
 * whoever is in its network; `within`: a program and its arguments that start it elsewhere, such as in another network namespace.
 */
export async function startPostgres(path, { durable = false, listen = '127.0.0.1', within = [] } = {}) {
  const programs = postgresPrograms();
  if (programs === null)
    throw new Error('expected a PostgreSQL server, found none\n  fix: apt-get install -y postgresql');
  const folder = resolve(path);
  // A path of a socket has 107 bytes at most.
  if (folder.length > 80)
    throw new Error(`expected a folder with a path of at most 80 characters, got ${folder}`);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  if (readdirSync(folder).length > 0) throw new Error(`expected an empty folder, got ${folder}`);
  await makeCertificate(folder);
  const password = randomBytes(12).toString('hex');
  writeFileSync(join(folder, 'password'), password, { mode: 0o600 });
  if (isRoot()) await run('chown', ['-R', 'postgres:postgres', folder]);
  const data = join(folder, 'data');
  await as(join(programs, 'initdb'), [
    `--pgdata=${data}`,
    '--username=hpo',
    `--pwfile=${join(folder, 'password')}`,
    '--auth-local=trust',
    '--auth-host=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C.UTF-8',
    ...(durable ? [] : ['--no-sync']),
  ]);
  const [port] = await freePorts(1);
  appendFileSync(
    join(data, 'postgresql.conf'),
    [
      `port = ${port}`,
      `listen_addresses = '${listen}'`,
      `unix_socket_directories = '${folder}'`,
      'max_connections = 200',
      'ssl = on',
      `ssl_cert_file = '${join(folder, 'server.crt')}'`,
      `ssl_key_file = '${join(folder, 'server.key')}'`,
      ...(durable ? [] : ['fsync = off', 'full_page_writes = off']),
      '',
    ].join('\n'),
  );
  if (listen !== '127.0.0.1')
    appendFileSync(join(data, 'pg_hba.conf'), 'host all all samenet scram-sha-256\n');
  await pgCtl(folder, 'start', { within });
  await as(join(programs, 'createdb'), [`--host=${folder}`, `--port=${port}`, '--username=hpo', 'hpo']);
  return {
    folder,
    port,
    password,
    // What the contract of the project reads, and Optuna's SQLAlchemy too.
    url: `postgresql://hpo@/hpo?host=${encodeURIComponent(folder)}&port=${port}`,
    tcp: `postgresql://hpo:${password}@${listen}:${port}/hpo`,
    rootCertificate: join(folder, 'root.crt'),
  };
}

/** Starts a server in a new folder that follows another one and only reads, until it is promoted. Returns its folder and port. */
export async function startStandby(primary, path) {
  const folder = resolve(path);
  mkdirSync(folder, { mode: 0o711 });
  if (isRoot()) await run('chown', ['postgres:postgres', folder]);
  const data = join(folder, 'data');
  const from = [`--host=${primary.folder}`, `--port=${primary.port}`, '--username=hpo'];
  await as(join(postgresPrograms(), 'pg_basebackup'), [
    ...from,
    `--pgdata=${data}`,
    '--write-recovery-conf',
    '--checkpoint=fast',
    '--no-sync',
  ]);
  const [port] = await freePorts(1);
  appendFileSync(join(data, 'postgresql.conf'), `port = ${port}\nunix_socket_directories = '${folder}'\n`);
  await pgCtl(folder, 'start');
  return { folder, port };
}

/** Stops a server at once, if it runs, and removes its folder. */
export async function removePostgres(folder) {
  try {
    if (existsSync(join(folder, 'data', 'postmaster.pid')))
      await pgCtl(folder, 'stop', { options: ['--mode=immediate'] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Runs pg_ctl on the server of a folder: `start`, `stop`, `promote`. */
export async function pgCtl(folder, command, { options = [], within = [] } = {}) {
  const log = join(folder, 'log');
  const starts = command === 'start' ? [`--log=${log}`] : [];
  const args = [
    command,
    `--pgdata=${join(folder, 'data')}`,
    `--timeout=${STARTS_WITHIN_S}`,
    '--wait',
    ...starts,
  ];
  try {
    await as(join(postgresPrograms(), 'pg_ctl'), [...args, ...options], within);
  } catch (error) {
    const said = existsSync(log) ? readFileSync(log, 'utf8').slice(-2000) : '';
    throw new Error(`pg_ctl ${command} failed: ${error.stderr ?? error}\n${said}`);
  }
}

/** A root certificate and one of the server, signed by it, for localhost and 127.0.0.1. */
async function makeCertificate(folder) {
  const file = (name) => join(folder, name);
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '30'];
  const openssl = (...args) => run('openssl', args);
  await openssl(
    'req',
    '-x509',
    ...key,
    '-subj',
    '/CN=hpo test root',
    '-keyout',
    file('root.key'),
    '-out',
    file('root.crt'),
  );
  const names = 'subjectAltName=DNS:localhost,IP:127.0.0.1';
  const signed = [
    '-CA',
    file('root.crt'),
    '-CAkey',
    file('root.key'),
    '-subj',
    '/CN=localhost',
    '-addext',
    names,
  ];
  await openssl('req', '-x509', ...key, ...signed, '-keyout', file('server.key'), '-out', file('server.crt'));
}

/** Runs a program as a user that the server accepts. The output of a server that stays is not waited for. */
async function as(program, args, within = []) {
  const user = isRoot() ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups', '--'] : [];
  const [command, ...rest] = [...within, ...user, program, ...args];
  return run(command, rest, { cwd: '/', env: { ...process.env, LC_ALL: 'C.UTF-8' } });
}

function isRoot() {
  return process.getuid?.() === 0;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [command, folder, ...options] = process.argv.slice(2);
  if (command === 'start' && folder)
    console.log(
      JSON.stringify(await startPostgres(folder, { durable: options.includes('--durable') }), null, 2),
    );
  else if (command === 'stop' && folder) await removePostgres(resolve(folder));
  else {
    console.error('usage: node scripts/real/postgres.mjs start FOLDER [--durable] | stop FOLDER');
    process.exitCode = 2;
  }
}

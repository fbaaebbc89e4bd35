import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConnectionOptions, checkServerIdentity } from 'node:tls';
import { messageOf, usageError } from '../../core/errors.js';
import { homeOf, type SslMode, type Target } from './target.js';

/** False: without TLS. */
export type Ssl = ConnectionOptions | false;

/**
 * Returns how a host is tried, in this order, as libpq understands sslmode. A Unix socket never has TLS.
 * @throws HpoError storage.certificate (usage) when a certificate that is needed cannot be read.
 */
export function sslTries({ tls }: Target, host: string): readonly Ssl[] {
  if (host.startsWith('/')) return [false];
  const { mode } = tls;
  if (mode === 'disable') return [false];
  const secure = secured(tls, host);
  if (mode === 'allow') return [false, secure];
  return mode === 'prefer' ? [secure, false] : [secure];
}

function secured(
  { mode, rootCertificate, certificate, key }: Target['tls'],
  host: string,
): ConnectionOptions {
  const folder = join(homeOf(process.env), '.postgresql');
  const root = rootCertificate ?? existing(join(folder, 'root.crt'));
  const own = certificate ?? existing(join(folder, 'postgresql.crt'));
  return {
    ...verification(mode, root, host),
    ...(own === null
      ? {}
      : { cert: read(own, 'certificate'), key: read(key ?? join(folder, 'postgresql.key'), 'key') }),
  };
}

/** With a root certificate, `require` verifies as `verify-ca` does; libpq does the same. */
function verification(mode: SslMode, root: string | null, host: string): ConnectionOptions {
  const verifies = mode === 'verify-ca' || mode === 'verify-full' || (mode === 'require' && root !== null);
  if (!verifies) return { rejectUnauthorized: false };
  if (root === null) {
    throw usageError('storage.certificate', `expected a root certificate for sslmode=${mode}, got none`, {
      fix: 'name one with sslrootcert=FILE or PGSSLROOTCERT (sslrootcert=system takes those of Node), or put it at ~/.postgresql/root.crt',
    });
  }
  const namesHost = mode === 'verify-full' || root === 'system';
  return {
    rejectUnauthorized: true,
    ...(root === 'system' ? {} : { ca: read(root, 'root certificate') }),
    checkServerIdentity: (_, shown) => (namesHost ? checkServerIdentity(host, shown) : undefined),
  };
}

function existing(file: string): string | null {
  return existsSync(file) ? file : null;
}

function read(file: string, what: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw usageError(
      'storage.certificate',
      `expected a ${what} that can be read at ${file}: ${messageOf(error)}`,
      {
        fix: 'check sslrootcert, sslcert and sslkey of the URL, and PGSSLROOTCERT, PGSSLCERT and PGSSLKEY',
        cause: error,
      },
    );
  }
}

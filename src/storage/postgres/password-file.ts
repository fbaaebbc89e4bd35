import { readFileSync, statSync } from 'node:fs';

/** What a line of a password file is compared with. */
export type Login = {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
};

/** Others may neither read nor write the file. */
const FOR_OTHERS = 0o077;

/**
 * Returns the password of the first line `host:port:database:user:password` that fits, or null. `*` fits everything, and a
 * backslash keeps the meaning of a colon. As with libpq, a file that others may read is not used, and a Unix socket is `localhost`.
 */
export function passwordFor(file: string, { host, port, database, user }: Login): string | null {
  const wanted = [host.startsWith('/') ? 'localhost' : host, String(port), database, user];
  for (const line of linesOf(file)) {
    if (line.startsWith('#')) continue;
    const fields = line.match(/(?:^|:)(?:\\.|[^:\\])*/g)?.map((field) => field.replace(/^:/, '')) ?? [];
    const [password, ...before] = [fields.slice(4).join(':'), ...fields.slice(0, 4)];
    if (before.length === 4 && before.every((field, k) => field === '*' || plain(field) === wanted[k]))
      return plain(password);
  }
  return null;
}

function linesOf(file: string): readonly string[] {
  try {
    const { mode } = statSync(file);
    if (process.platform !== 'win32' && (mode & FOR_OTHERS) !== 0) return [];
    return readFileSync(file, 'utf8').split(/\r?\n/);
  } catch {
    return [];
  }
}

function plain(field: string): string {
  return field.replace(/\\(.)/g, '$1');
}

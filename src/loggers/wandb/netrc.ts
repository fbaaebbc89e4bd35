import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Returns the password of a host in the user's netrc file (NETRC, ~/.netrc or ~/_netrc), or null. */
export function findKey(host: string, env: Readonly<Record<string, string | undefined>>): string | null {
  const home = env.HOME || homedir();
  const files = env.NETRC ? [env.NETRC] : [join(home, '.netrc'), join(home, '_netrc')];
  for (const file of files) {
    const key = passwordOf(host, readText(file));
    if (key) return key;
  }
  return null;
}

/** Returns '' for an unreadable file. The message about a missing key names the file. */
function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/** Returns the password of `machine HOST`, otherwise of `default`, in the text of a netrc file, or null. */
export function passwordOf(host: string, text: string): string | null {
  const words = relevant(text).match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  const found = new Map<string, string>();
  let machine: string | null = null;
  for (let k = 0; k < words.length; k++) {
    const word = words[k] as string;
    if (word === 'default') machine = '';
    else if (word === 'machine') machine = unquoted(words[++k]);
    else if (word === 'login' || word === 'account') k++;
    else if (word === 'password') {
      const password = unquoted(words[++k]);
      if (machine !== null && !found.has(machine)) found.set(machine, password);
    }
  }
  return found.get(host) ?? found.get('') ?? null;
}

/** Returns the text without comments and macros. A macro extends to the next empty line and may contain any word. */
function relevant(text: string): string {
  let isMacro = false;
  const lines = text.split('\n').filter((line) => {
    if (/^\s*macdef\b/.test(line)) isMacro = true;
    else if (line.trim() === '') isMacro = false;
    return !isMacro && !/^\s*#/.test(line);
  });
  return lines.join('\n');
}

function unquoted(word = ''): string {
  return word.startsWith('"') ? word.slice(1, -1).replaceAll(/\\(.)/g, '$1') : word;
}

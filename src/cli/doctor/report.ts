import { printable } from '../../core/printable.js';
import type { Status } from './check.js';
import type { Report } from './examine.js';
import { GROUPS } from './parts.js';

/** Words, so that nothing depends on colors. */
const WORDS: Readonly<Record<Status, string>> = { ok: 'ok', info: 'info', warn: 'warn', fail: 'FAIL' };

/** Returns the report for people: a line for each finding, under its heading, followed by its fix. */
export function reportText({ checks, counts, ok }: Report): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const groups = GROUPS.map((group) => {
    const lines = checks
      .filter((check) => check.group === group)
      .flatMap(({ name, status, message, fix }) => [
        `  ${WORDS[status].padEnd(4)}  ${name.padEnd(width)}  ${printable(message)}`,
        ...(fix === undefined ? [] : [`        fix: ${printable(fix)}`]),
      ]);
    return [group, ...lines].join('\n');
  });
  return [...groups, verdict(ok, counts)].join('\n\n');
}

function verdict(ok: boolean, { fail, warn }: Report['counts']): string {
  const warnings = warn === 0 ? '' : `${ok ? ', with' : ' and'} ${plural(warn, 'warning')}`;
  return ok ? `hpo can work here${warnings}` : `hpo cannot work here: ${plural(fail, 'problem')}${warnings}`;
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

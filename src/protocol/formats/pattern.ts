import { isMetricName, withMicroSign } from '../../core/metric-name.js';

/** Returns the names of the groups of a sound pattern. */
export function groupNames(pattern: string): readonly string[] {
  // An empty alternative matches at once, so that the names of all groups show and the pattern itself is not run.
  return Object.keys(new RegExp(`|${pattern}`).exec('')?.groups ?? {}).map(withMicroSign);
}

/** Returns what is wrong with a pattern of the format regex; null when nothing is. */
export function patternFault(pattern: string): string | null {
  let groups: Readonly<Record<string, string | undefined>> | undefined;
  try {
    new RegExp(pattern);
    // An empty alternative matches at once, so that the names of all groups show and the pattern itself is not run.
    groups = new RegExp(`|${pattern}`).exec('')?.groups;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (groups === undefined) return 'no group has a name';
  const odd = Object.keys(groups).find((name) => !isMetricName(name));
  if (odd !== undefined) return `no metric can have the name of the group ${odd}`;
  if ('value' in groups !== 'name' in groups) return 'the groups name and value go together';
  if (!repeatsWhatVaries(pattern)) return null;
  return 'a repeated group holds a repetition or a choice, as in (a+)+, which can take for ever on one line';
}

/** A class, a group's beginning, a quantifier or any one character counts as one token. */
const TOKEN =
  /\\.|\[(?:\\.|[^\]\\])*\]|\((?:\?(?:<?[=!]|<[^>]*>|[\w-]*:))?|(?<quantifier>(?:[*+?]|\{\d+(?:,\d*)?\})\??)|./gs;
/** Repetitions that are few however they are combined. */
const FEW = 9;

/**
 * Returns whether a group that may repeat many times contains a repetition or a choice. A text can then be divided into
 * repetitions in a number of ways that doubles with each character, and a failing match tries them all. Some such patterns are
 * harmless; none is needed, since a match may be anywhere in the line.
 */
function repeatsWhatVaries(pattern: string): boolean {
  const around: { varies: boolean; looks: boolean }[] = [];
  let group = { varies: false, looks: false };
  let last = false;
  for (const { 0: token, groups } of pattern.matchAll(TOKEN)) {
    const [least, most] = ends(groups?.quantifier);
    if (last && most > FEW) return true;
    if (least !== most || token === '|') group.varies = true;
    last = false;
    if (token.startsWith('(')) {
      around.push(group);
      group = { varies: false, looks: /[=!]$/.test(token) };
    } else if (token === ')') {
      // A lookaround is never tried in another way.
      last = group.varies && !group.looks;
      group = around.pop() ?? group;
      group.varies ||= last;
    }
  }
  return false;
}

function ends(quantifier = ''): [least: number, most: number] {
  if (quantifier.startsWith('{')) {
    const [, least, comma, most] = /^\{(\d+)(,?)(\d*)/.exec(quantifier) ?? [];
    if (comma === '') return [Number(least), Number(least)];
    return [Number(least), most === '' ? Number.POSITIVE_INFINITY : Number(most)];
  }
  if (quantifier === '') return [1, 1];
  return quantifier.startsWith('?') ? [0, 1] : [0, Number.POSITIVE_INFINITY];
}

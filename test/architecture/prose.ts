import { blankText } from './source.js';

/** A text in a file that may contain a word to avoid. */
export type Allowed = { readonly path: string; readonly text: string; readonly reason: string };

/** Words of a literal translation -> words to write instead. A blank also matches the end of a comment's line. */
const INSTEAD: Readonly<Record<string, string>> = {
  'goes on': 'continues, resumes',
  'go on': 'continue, resume',
  'gone on': 'continued, resumed',
  told: 'reported, recorded, given',
  'let be': 'left running, left unchanged',
  hears: 'receives, is notified',
  'hear of': 'receive, learn of',
  anew: 'again, from the beginning',
  'of ours': "hpo's, of this process",
  owes: 'has pending',
  owed: 'pending',
  'taken over': 'reattached',
  'takes over': 'reattaches',
  'take over': 'reattach',
  'is had': 'exists, is available',
  'are had': 'exist, are available',
  'hangs on': 'depends on',
  'in its midst': 'inside it',
  whoever: 'the process (the caller, the user) that',
  'stands in': 'is in, replaces',
  'gave it up': 'released it, stopped',
  'gives it up': 'releases it, stops',
};

const WORDS = new RegExp(
  `(?<![\\w-])(?:${Object.keys(INSTEAD)
    .map((words) => words.replaceAll(' ', '[\\s*/#>]+'))
    .join('|')})(?![\\w-])`,
  'gi',
);

/** A character of code, between two pieces of prose. */
const CODE = '\0';

/** Returns one line for each word to avoid in a file, as `PATH:LINE: "WORD"; write: WORDS`. */
export function wordsToAvoid(path: string, text: string, allowed: readonly Allowed[]): string[] {
  let prose = proseOf(path, text);
  for (const each of allowed)
    if (each.path === path) prose = prose.replaceAll(each.text, CODE.repeat(each.text.length));
  return [...prose.matchAll(WORDS)]
    .filter(({ index, 0: word }) => !isName(prose[index - 1], prose[index + word.length]))
    .map(({ index, 0: word }) => {
      const line = text.slice(0, index).split('\n').length;
      const words = word.replace(/[\s*/#>]+/g, ' ');
      return `${path}:${line}: ${JSON.stringify(words)}; write: ${INSTEAD[words.toLowerCase()]}`;
    });
}

/** Whether a word is alone in a string literal or in backticks, as names of code are. */
function isName(before: string | undefined, after: string | undefined): boolean {
  return before === after && (before === CODE || before === '`');
}

/**
 * Returns a text with everything but its prose replaced, character by character: of a program the comments and the insides
 * of strings stay, of the changelog the headings, and of any other file all.
 */
export function proseOf(path: string, text: string): string {
  if (path === 'CHANGELOG.md') return text.replace(/^(?!#).*$/gm, (line) => CODE.repeat(line.length));
  if (!/\.[cm]?[jt]s$/.test(path)) return text;
  const code = blankText(text);
  return [...Array(text.length).keys()]
    .map((at) => (code[at] === ' ' || code[at] === '\n' ? text[at] : CODE))
    .join('');
}

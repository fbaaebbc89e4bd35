import { withMicroSign } from '../../core/metric-name.js';
import { parseNumber } from '../metric.js';
import { isResultName, isSameMetric, splitOf, splitWord, wordsOf } from './metric-names.js';

/** A place in the output where a metric is printed. */
export type Occurrence = {
  /** Index of the line. */
  readonly line: number;
  /** The words before the number, as printed: `Average loss`. */
  readonly phrase: string;
  /** What is between them and the number: `: `. */
  readonly separator: string;
  readonly value: number;
  /** A valid name for it, with the data it was measured on: `test_loss`. */
  readonly name: string;
  /** The word earlier in the line that says on which data it was measured; null where the phrase says it, or nothing does. */
  readonly context: string | null;
};

/** Where a line names its step: the words, as printed, and the name of the step in a METRIC line. */
export type StepMark = { readonly word: string; readonly name: 'epoch' | 'step' };

const NUMBER = String.raw`[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?|[-+]?(?:nan|inf)(?:inity)?`;
/** A name, at most six characters between it and its number, and the number. A name may end with digits: f1, Acc@5. */
const PAIR = new RegExp(
  String.raw`(?<![\w@./\u00b5\u03bc-])(?<!\w')([A-Za-z\u00b5\u03bc](?:[\w@./^%\u00b5\u03bc]|-(?=\w))*)((?:\([^()\d]{1,20}\))?['"\]]?(?:[ \t]*(?:=|:|->|→|\||│)[ \t]*|[ \t]+(?:is|of|was)[ \t]+|[ \t]+)['"]?)(${NUMBER})(?![\w]|\.\d)`,
  'gi',
);
/** Words that belong to the name after them. */
const BELONG =
  /^(?:train|training|val|valid|validation|test|dev|eval|evaluation|average|avg|mean|best|final|overall|total|macro|micro|weighted|balanced|roc|pr|cross|log|root|squared?|absolute|percentage|top|word|character|error|exact|negative|neg)$/i;
const STEP =
  /(?<![\w/])(epoch|epochs|ep|step|global_step|iteration|iter|round)['"]?[ \t]*[:=#]?[ \t]*[[(]?[ \t]*(\d+)(?![\w%]|\.\d)/gi;
const BRACKET_STEP = /^\s*\[(\d+)\]/;
/** `Accuracy of the network on the 10000 test images: 54`: the metric is at the beginning of the sentence. */
const SENTENCE = new RegExp(
  String.raw`^(?:.*?[.;|]\s+)?([A-Za-z][\w ]{3,70}?)(\s*[:=]\s*)(${NUMBER})(?![\w]|\.\d)`,
  'i',
);

/** Returns the metrics of a line. `wanted`: the name of one that is a metric in any case. */
export function occurrencesIn(text: string, line: number, wanted: string | null): Occurrence[] {
  const found = [...text.matchAll(PAIR)].flatMap(
    ({ index, 1: word = '', 2: separator = '', 3: number = '' }) => {
      const phrase = wholePhrase(text.slice(0, index), word);
      return toOccurrence({
        text,
        line,
        at: index + word.length - phrase.length,
        phrase,
        separator,
        number,
        wanted,
      });
    },
  );
  if (found.length > 0) return found;
  const sentence = SENTENCE.exec(text);
  if (!sentence) return [];
  const [whole, phrase = '', separator = '', number = ''] = sentence;
  const at = whole.length - number.length - separator.length - phrase.length;
  const words = wordsOf(phrase);
  const metric = words.findIndex((word) => isResultName(word));
  if (metric < 0 || words.length < 3) return [];
  const kept = `${words.some((word) => splitWord(word) === 'test') ? 'test_' : ''}${words[metric]}`;
  return toOccurrence({ text, line, at, phrase, separator, number, name: kept, wanted });
}

type Found = {
  readonly text: string;
  readonly line: number;
  readonly at: number;
  readonly phrase: string;
  readonly separator: string;
  readonly number: string;
  readonly name?: string;
  readonly wanted: string | null;
};

function toOccurrence({ text, line, at, phrase, separator, number, name, wanted }: Found): Occurrence[] {
  const own = name ?? nameOf(phrase);
  if (own === null || !(isResultName(own) || (wanted !== null && isSameMetric(own, wanted)))) return [];
  const before = text.slice(0, at);
  const context = splitOf(own) === 'none' ? contextOf(before) : null;
  const split = context === null ? null : splitWord(context);
  const value = parseNumber(number) ?? Number.NaN;
  // A message of the log: `error: 3 files`.
  if (/^errors?$/.test(own) && Number.isInteger(value)) return [];
  const full = split === null ? own : `${split}_${own}`;
  return [{ line, phrase, separator, value, name: full, context }];
}

/** Returns the word with the words before it that belong to its name. */
function wholePhrase(before: string, word: string): string {
  const words = /(?:[A-Za-z][\w-]*[ ]+){1,3}$/.exec(before)?.[0].split(/(?<=[ ])(?=\S)/) ?? [];
  let phrase = word;
  for (const earlier of words.toReversed()) {
    if (!BELONG.test(earlier.trim())) break;
    phrase = earlier + phrase;
  }
  return phrase;
}

/** Returns the last word before a metric that names the data; null when there is none. */
function contextOf(before: string): string | null {
  const words = before.match(/[A-Za-z]+/g) ?? [];
  return words.findLast((word) => splitWord(word) !== null) ?? null;
}

/** Returns a name that a metric and a group of a pattern can have; null when the phrase gives none. */
function nameOf(phrase: string): string | null {
  const words = withMicroSign(phrase)
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/\^/g, '')
    .split(/[^a-z0-9_\u00b5]+/)
    .filter((word) => word !== '' && word !== 'average' && word !== 'avg');
  const name = words.join('_').replace(/^_+|_+$/g, '');
  return /^[a-z_\u00b5][\w\u00b5]*$/.test(name) ? name : null;
}

/** Returns how a line names its step; null when it does not. */
export function stepMark(text: string): StepMark | null {
  const marks = [...text.matchAll(STEP)].map(([, word = '']) => word);
  const epoch = marks.find((word) => /^ep/i.test(word));
  if (epoch !== undefined) return { word: epoch, name: 'epoch' };
  if (marks[0] !== undefined) return { word: marks[0], name: 'step' };
  return BRACKET_STEP.test(text) ? { word: '[', name: 'step' } : null;
}

import { usageError } from '../../core/errors.js';
import { printableLine } from '../../core/printable.js';

/** A parameter in the form of a sweep file. */
export type WrittenParameter = readonly (string | number)[] | Readonly<Record<string, number | boolean>>;

/** A piece of a word of the command: where the text begins in the word. */
export type Piece = { readonly word: string; readonly at: number; readonly text: string };

const NUMBER = String.raw`[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?`;
const RANGE = new RegExp(`^(${NUMBER})\\.\\.(${NUMBER})(?::(${NUMBER}))?$`);
const FORMS = '{name:LOW..HIGH}, {name:log:LOW..HIGH}, {name:int:LOW..HIGH:STEP} or {name:a/b/c}';

/**
 * Returns the parameter that a placeholder describes after its name: `log:1e-5..0.1`, `int:1..8:2`, `sgd/adam`.
 * @throws HpoError (usage) tune.placeholder, with a caret at the place.
 */
export function parsePlaceholder(piece: Piece): WrittenParameter {
  let rest = piece;
  const flags = new Set<string>();
  for (let match = /^(log|int):/.exec(rest.text); match; match = /^(log|int):/.exec(rest.text)) {
    const [whole, flag = ''] = match;
    if (flags.has(flag)) throw wrong(rest, `expected ${flag} once`);
    flags.add(flag);
    rest = after(rest, whole.length);
  }
  const range = RANGE.exec(rest.text);
  if (range) return toRange(rest, range, flags);
  if (flags.size > 0) throw wrong(rest, 'expected a range LOW..HIGH, such as 1e-5..0.1');
  return toChoices(rest);
}

function toRange(piece: Piece, range: RegExpExecArray, flags: ReadonlySet<string>): WrittenParameter {
  const [, low = '', high = '', step] = range;
  const [min, max] = [Number(low), Number(high)];
  const atHigh = after(piece, low.length + 2);
  if (!(max > min)) throw wrong(atHigh, `expected a number above ${low}, got ${high}`);
  const isLog = flags.has('log');
  if (isLog && min <= 0) throw wrong(piece, `expected a number above 0 with log, got ${low}`);
  const atStep = after(atHigh, high.length + 1);
  if (step !== undefined && isLog) throw wrong(atStep, 'expected no step with log');
  if (step !== undefined && !(Number(step) > 0)) throw wrong(atStep, `expected a step above 0, got ${step}`);
  const isInt = flags.has('int');
  for (const [place, text] of [
    [piece, low],
    [atHigh, high],
    [atStep, step ?? '1'],
  ] as const)
    if (isInt && !Number.isSafeInteger(Number(text)))
      throw wrong(place, `expected a whole number with int, got ${text}`);
  return {
    min,
    max,
    ...(isLog && { log: true }),
    ...(isInt && { int: true }),
    ...(step !== undefined && { step: Number(step) }),
  };
}

/** `|` separates, else a comma, else a slash: so a choice may hold the ones that come later. */
function toChoices(piece: Piece): WrittenParameter {
  const separator = ['|', ',', '/'].find((each) => piece.text.includes(each));
  if (separator === undefined) throw wrong(piece, `expected ${FORMS}`, unitHint(piece.text));
  const seen = new Set<string>();
  let at = 0;
  return piece.text.split(separator).map((choice) => {
    const place = after(piece, at);
    at += choice.length + 1;
    // Written with |, an empty choice is meant: {k:|-k} is -k or nothing.
    if (choice === '' && separator !== '|')
      throw wrong(
        place,
        `expected a choice before and after each ${separator}`,
        "for nothing as a choice separate by |, quoted: '{k:|-k}'",
      );
    if (seen.has(choice)) throw wrong(place, `${choice} is given twice`);
    seen.add(choice);
    // What is written otherwise than hpo would write the number stays as it is: 007, 1e-3.
    return choice !== '' && choice === String(Number(choice)) && Number.isFinite(Number(choice))
      ? Number(choice)
      : choice;
  });
}

/** `64K..1M`: a unit stands behind the braces. */
function unitHint(text: string): string | undefined {
  const match = new RegExp(`^(${NUMBER})[A-Za-z%]*\\.\\.(${NUMBER})([A-Za-z%]+)$`).exec(text);
  if (match === null) return undefined;
  return `write the unit behind the braces: {name:${match[1]}..${match[2]}}${match[3]}`;
}

export function after({ word, at, text }: Piece, length: number): Piece {
  return { word, at: at + length, text: text.slice(length) };
}

/** Returns an error that shows the word with a caret under the place. */
export function wrong({ word, at }: Piece, message: string, fix?: string) {
  const shown = printableLine(word);
  const column = printableLine(word.slice(0, at)).length;
  return usageError('tune.placeholder', `${message}\n  ${shown}\n  ${' '.repeat(column)}^`, {
    fix: fix ?? 'hpo tune --help lists the forms; {{name:...}} stands for the text itself',
  });
}

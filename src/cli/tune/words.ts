import { isDeepStrictEqual } from 'node:util';
import { nameSchema } from '../../config/parameter-schema.js';
import { PLACEHOLDERS } from '../../config/trainer-spec.js';
import { usageError } from '../../core/errors.js';
import { printableLine } from '../../core/printable.js';
import { after, type Piece, parsePlaceholder, type WrittenParameter, wrong } from './placeholder.js';

export type TunedCommand = {
  /** The command of a sweep file. */
  readonly command: readonly string[];
  readonly parameters: ReadonlyMap<string, WrittenParameter>;
};

const NAME = String.raw`[A-Za-z_][\w.-]*`;
/** A literal `{{name:...}}`, a parameter `{name:...}`, or a second mention `{name}`. Other braces are text. */
const MENTIONED = new RegExp(`(?<![${'$'}{])\\{(${NAME})\\}`);
const BRACES = new RegExp(`\\{\\{(${NAME}:[^{}]*)\\}\\}|\\{(${NAME})(:([^{}]*)(\\}?)|\\})`, 'g');

/**
 * Returns the command and the parameters of a command line with placeholders, such as `--lr={lr:log:1e-5..0.1}`.
 * @throws HpoError (usage) tune.placeholder, tune.no-parameters.
 */
export function parseWords(words: readonly string[]): TunedCommand {
  const parameters = new Map<string, WrittenParameter>();
  for (const piece of piecesOf(words)) {
    const parameter = parsePlaceholder(piece.spec);
    const earlier = parameters.get(piece.name);
    if (earlier !== undefined && !isDeepStrictEqual(earlier, parameter))
      throw wrong(piece.spec, `${piece.name} is described twice`, `write {${piece.name}} the second time`);
    parameters.set(piece.name, parameter);
  }
  if (parameters.size === 0) throw noParameters(words);
  checkProgram(words);
  const split = words.map((_, at) => splitBeside(words, at)).find((found) => found !== null);
  if (split !== undefined) throw takenApart('expected each pair of braces in one word', split);
  const command = words.map((word) =>
    word.replace(BRACES, (whole, literal: string | undefined, name: string) => {
      if (literal !== undefined) return `{${literal}}`;
      if (isText(whole)) return whole;
      return parameters.has(name) ? `\${${name}}` : whole;
    }),
  );
  return { command, parameters };
}

function piecesOf(words: readonly string[]): { readonly name: string; readonly spec: Piece }[] {
  return words.flatMap((word) =>
    [...word.matchAll(BRACES)].flatMap((match) => {
      const [, literal, name = '', , spec, end] = match;
      // `${name}` is a placeholder of the sweep file's.
      if (literal !== undefined || spec === undefined || word[match.index - 1] === '$') return [];
      if (isText(match[0])) return [];
      const atName: Piece = { word, at: match.index + 1, text: word.slice(match.index + 1) };
      if (end === '') throw wrong(after(atName, name.length + 1 + spec.length), 'expected a closing }');
      const problem = nameSchema.safeParse(name).error?.issues[0]?.message;
      if (problem) throw wrong(atName, problem);
      if (PLACEHOLDERS.includes(name))
        throw wrong(atName, `expected another name: \${${name}} means something else`, `call it ${name}_`);
      return [{ name, spec: { word, at: match.index + 2 + name.length, text: spec } }];
    }),
  );
}

/** With a blank after the colon it is an object of JavaScript, jq or Python: `{a: .b, c: .d}`. */
function isText(braces: string): boolean {
  return /^\{[^:{}]*:\s/.test(braces);
}

/** A shell reads a line as words; hpo gets them, and reads no line. */
function checkProgram([program = '', ...more]: readonly string[]): void {
  if (more.length === 0 && /\s/.test(program))
    throw usageError(
      'tune.one-word',
      `expected the words of the command one by one, got one: ${printableLine(program)}`,
      { fix: "leave out the quotes around the whole; for a line with pipes: sh -c '...'" },
    );
  if (/^\w+=/.test(program))
    throw usageError('tune.variable', `expected a program, got ${printableLine(program)}`, {
      fix: `begin with env: -- env ${printableLine(program)} ...`,
    });
}

/** Braces with commas are the usual reason: shells make several words of them. */
function noParameters(words: readonly string[]) {
  const message = 'expected a parameter in the command, such as --lr={lr:log:1e-5..0.1}, got none';
  const split = words.map((_, at) => splitAt(words, at)).find((found) => found !== null);
  if (split !== undefined) return takenApart(message, split);
  const mentioned = words.flatMap((word) => MENTIONED.exec(word)?.[1] ?? [])[0];
  const fix =
    mentioned === undefined
      ? "in PowerShell, quote it: '--lr={lr:0..1}'"
      : `{${mentioned}} says no values: {${mentioned}:LOW..HIGH}, or {${mentioned}:a/b}`;
  return usageError('tune.no-parameters', message, { fix });
}

function takenApart(message: string, split: string) {
  return usageError(
    'tune.no-parameters',
    `${message}\n  ${printableLine(split)}: the shell has taken braces with commas apart`,
    {
      fix: "separate choices by a slash, {opt:sgd/adam}, or quote the word: '{opt:sgd,adam}', '{opt:sgd|adam}'",
    },
  );
}

/**
 * Returns the words that braces with commas became beside other parameters: `--opt={opt:sgd,adam}` is `--opt=opt:sgd --opt=adam`.
 * Only an option that is given twice, first with the name of a parameter: other words with colons are the command's own.
 */
function splitBeside(words: readonly string[], at: number): string | null {
  const [word = '', next = ''] = [words[at], words[at + 1]];
  const start = /^(.*=)[A-Za-z_][\w.-]*:(?!\/\/)[^:{}=]+$/.exec(word)?.[1];
  if (start === undefined || !next.startsWith(start)) return null;
  return /[:{}]/.test(next.slice(start.length)) ? null : `${word} ${next}`;
}

/** Returns a word that begins like a placeholder without its braces, if the next one can come from the same braces. */
function splitAt(words: readonly string[], at: number): string | null {
  const word = words[at] ?? '';
  const next = words[at + 1];
  const start = /^(.*?)[A-Za-z_]\w*:(?!\/\/)[^:{}]+$/.exec(word)?.[1];
  if (start === undefined || next === undefined) return null;
  // `{o:-O0,-O2}` becomes `o:-O0 -O2`: nothing stands before the braces, so the next word is shown too.
  if (start === '') return at === 0 ? null : `${word} ${next}`;
  return next.startsWith(start) ? word : null;
}

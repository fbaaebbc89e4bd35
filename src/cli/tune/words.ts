import { isDeepStrictEqual } from 'node:util';
import { nameSchema } from '../../config/parameter-schema.js';
import { PLACEHOLDERS } from '../../config/trainer-spec.js';
import { usageError } from '../../core/errors.js';
import { after, type Piece, parsePlaceholder, type WrittenParameter, wrong } from './placeholder.js';

export type TunedCommand = {
  /** The command of a sweep file. */
  readonly command: readonly string[];
  readonly parameters: ReadonlyMap<string, WrittenParameter>;
};

const NAME = String.raw`[A-Za-z_][\w.-]*`;
/** A literal `{{name:...}}`, a parameter `{name:...}`, or a second mention `{name}`. Other braces are text. */
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
  const command = words.map((word) =>
    word.replace(BRACES, (whole, literal: string | undefined, name: string) => {
      if (literal !== undefined) return `{${literal}}`;
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

/** Braces with commas are the usual reason: shells make several words of them. */
function noParameters(words: readonly string[]) {
  const split = words.find((word, at) => {
    const start = /^(.*?)[A-Za-z_]\w*:[^:{}]+$/.exec(word)?.[1];
    return start !== undefined && start !== '' && (words[at + 1]?.startsWith(start) ?? false);
  });
  const message = 'expected a parameter in the command, such as --lr={lr:log:1e-5..0.1}, got none';
  if (split === undefined)
    return usageError('tune.no-parameters', message, { fix: "in PowerShell, quote it: '--lr={lr:0..1}'" });
  return usageError(
    'tune.no-parameters',
    `${message}\n  ${split}: the shell has taken braces with commas apart`,
    {
      fix: 'separate choices by a slash, {opt:sgd/adam}, or quote the word',
    },
  );
}

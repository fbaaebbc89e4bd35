import { variableOf } from '../../core/template.js';

/** W&B's default command. */
const DEFAULT = ['${env}', '${interpreter}', '${program}', '${args}'];

export type Command = { readonly command: readonly string[] | null; readonly notes: readonly string[] };

/**
 * Returns `command` and `program` of a W&B sweep file as hpo's `trainer.command`: macros become hpo's placeholders, or
 * their values. Null where there is no program to run.
 */
export function wandbCommand(
  command: unknown,
  program: unknown,
  env: Readonly<Record<string, string | undefined>> = {},
): Command {
  const words = Array.isArray(command) ? command.map(String) : DEFAULT;
  if (typeof program !== 'string' && words.includes('${program}')) {
    return { command: null, notes: ['program: the file names none, so write trainer.command yourself'] };
  }
  const notes: string[] = [];
  const named = typeof program === 'string' ? program : '';
  const out = words.flatMap((word, at) => {
    // /usr/bin/env: hpo searches the path for the interpreter itself. Before an assignment it is the program.
    if (word === '${env}') return /^\w+=/.test(words[at + 1] ?? '') ? ['env'] : [];
    return expand(word, { program: named, env, notes });
  });
  return { command: out, notes };
}

type Around = {
  /** Empty where the file names none. */
  readonly program: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly notes: string[];
};

function expand(word: string, { program, env, notes }: Around): string[] {
  switch (word) {
    case '${interpreter}':
      return interpreter(program);
    case '${program}':
      return [program];
    case '${args}':
      return ['${args}'];
    case '${args_no_hyphens}':
      return ['${overrides}'];
    case '${args_no_boolean_flags}':
      return ['${args_no_boolean_flags}'];
    case '${args_json}':
      return ['${params_json}'];
    case '${args_json_file}':
      return ['${params_file}'];
    default:
      return [plain(word, env, notes)];
  }
}

function interpreter(program: string): string[] {
  if (program.endsWith('.py') || program === '') return ['python3'];
  return program.endsWith('.sh') ? ['bash'] : [];
}

/**
 * `${envvar:NAME}` stays: the executor looks it up when it starts a trial, so that a secret is in no file. Any other macro has no
 * counterpart and becomes text.
 */
function plain(word: string, env: Around['env'], notes: string[]): string {
  let isText = false;
  const plainWord = word.replaceAll(/\$\{([^}]*)\}?/g, (whole, inside: string) => {
    const name = variableOf(inside);
    if (name === null || !whole.endsWith('}')) {
      isText = true;
      // `$${` is the text itself.
      return `$${whole}`;
    }
    if (env[name] === undefined)
      notes.push(`command: ${whole} is empty, since the environment has no ${name}`);
    return whole;
  });
  if (isText) notes.push(`command: ${word} stays as text, correct it by hand; trainer.env sets variables`);
  return plainWord;
}

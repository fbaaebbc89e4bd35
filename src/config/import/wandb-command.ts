/** W&B's default command. */
const DEFAULT = ['${env}', '${interpreter}', '${program}', '${args}'];

export type Command = { readonly command: readonly string[] | null; readonly notes: readonly string[] };

/**
 * Returns `command` and `program` of a W&B sweep file as hpo's `trainer.command`: macros become hpo's placeholders, or
 * their values. Null where there is no program to run.
 */
export function wandbCommand(command: unknown, program: unknown): Command {
  const words = Array.isArray(command) ? command.map(String) : DEFAULT;
  if (typeof program !== 'string' && words.includes('${program}')) {
    return { command: null, notes: ['program: the file names none, so write trainer.command yourself'] };
  }
  const notes: string[] = [];
  const out = words.flatMap((word) => expand(word, String(program), notes));
  return { command: out, notes };
}

function expand(word: string, program: string, notes: string[]): string[] {
  switch (word) {
    case '${env}':
      return []; // /usr/bin/env: hpo searches the path for the interpreter itself
    case '${interpreter}':
      return interpreter(program);
    case '${program}':
      return [program];
    case '${args}':
      return ['${args}'];
    case '${args_no_hyphens}':
      return ['${overrides}'];
    case '${args_no_boolean_flags}':
      notes.push(
        'command: ${args_no_boolean_flags} became ${args}, so flags are --name=true and --name=false',
      );
      return ['${args}'];
    case '${args_json}':
      return ['${params_json}'];
    case '${args_json_file}':
      notes.push(
        'command: ${args_json_file} is omitted; HPO_PARAMS_FILE names a file with the parameters as JSON',
      );
      return [];
    default:
      return [plain(word, notes)];
  }
}

function interpreter(program: string): string[] {
  if (program.endsWith('.py')) return ['python3'];
  return program.endsWith('.sh') ? ['bash'] : [];
}

/** Returns any other macro unchanged: it has no counterpart. `${envvar:NAME}` reads the environment when W&B's agent starts. */
function plain(word: string, notes: string[]): string {
  if (word.includes('${'))
    notes.push(`command: ${word} stays as text, correct it by hand; trainer.env sets variables`);
  return word.replaceAll('${', '$ {');
}

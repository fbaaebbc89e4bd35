import type { Command } from 'commander';

/** The words that may follow a command's name. Names and descriptions come from hpo; they contain no control characters. */
export type Node = {
  /** The words after `hpo`, such as `study create`; empty for hpo itself. */
  readonly path: string;
  /** Commands below it, and the values of its arguments. */
  readonly commands: readonly Word[];
  readonly options: readonly OptionWord[];
};
export type Word = { readonly word: string; readonly about: string };
/** `values`: null for a flag, a list of choices, or empty for any text (such as a file). */
export type OptionWord = Word & { readonly values: readonly string[] | null };

/** Returns the commands with their options, hpo itself first. */
export function nodesOf(command: Command, path = ''): Node[] {
  const inner = command.commands.filter((each) => !isHidden(each));
  return [
    {
      path,
      commands: [
        ...inner.map((each) => ({ word: each.name(), about: firstSentence(each.description()) })),
        ...argumentWords(command),
      ],
      options: [
        ...command.options
          .filter((option) => option.long && !option.hidden)
          .map((option) => ({
            word: option.long as string,
            about: firstSentence(option.description),
            values: option.required || option.optional ? (option.argChoices ?? []) : null,
          })),
        { word: '--help', about: 'print help', values: null },
      ],
    },
    ...inner.flatMap((each) => nodesOf(each, path === '' ? each.name() : `${path} ${each.name()}`)),
  ];
}

/** The values that an argument knows, offered like commands. */
function argumentWords(command: Command): Word[] {
  return command.registeredArguments.flatMap(({ argChoices = [], description }) =>
    argChoices.map((word) => ({ word, about: firstSentence(description) })),
  );
}

function isHidden(command: Command): boolean {
  return (command as Command & { _hidden?: boolean })._hidden === true;
}

function firstSentence(text: string): string {
  return text.split(/[.:;](?:\s|$)|\s\(/, 1)[0]?.trim() ?? '';
}

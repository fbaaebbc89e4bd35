import {
  isNumberText,
  kindNamed,
  kindOf,
  type OptionKind,
  type Scalar,
  type ScriptOption,
} from './script-option.js';

/** `--name VALUE`, `--name=VALUE`, `-n, --name <value>`, `--[no]name`, with what follows. A box of typer is gone by now. */
const START = /^\s{0,12}(?:(-\w)(?:[ ,]+|\s+[A-Z_]+,\s+))?(--?[A-Za-z][\w.-]*|--\[no-?\][\w-]+)(.*)$/;
const DEFAULT =
  /[[(](?:default|defaults to|default value)(?:s|:|=| is)?\s*:?\s*(?:'([^']*)'|"([^"]*)"|([^\])]*?))\s*[\])]/i;
/** `default: 64` at the end of a sentence or a line, without a bracket. */
const BARE_DEFAULT =
  /\bdefaults?(?: to| is|\s*[:=])?\s+(-?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(?=[.,;)]?(?:\s|$))/i;
/** `--lr LR`, `--lr=LR`, or after more blanks a word that no description begins with. */
const METAVAR =
  /^(?:=\[?([\w.<>-]+)| ([^\s.,;]+)|\s+([A-Z][A-Z_0-9]+|<[^>]+>|\{[^}]+\}|\[[\w.-]+(?:\|[\w.-]+)+\])(?=\s|$))/;
const CHOICES = [
  /\{([^{}]+)\}/,
  /<([\w.-]+(?:\|[\w.-]+)+)>/,
  /\[([\w.-]+(?:\|[\w.-]+)+)\]/,
  /[[(](?:choices|possible values)\s*:\s*([^\])]+)[\])]/i,
];

/** Returns the options that a program's help shows. Reads argparse, click, typer, absl, commander, yargs, clap and Go's flags. */
export function optionsOfHelp(text: string): ScriptOption[] {
  const blocks: string[][] = [];
  for (const raw of text.split(/\r?\n/)) {
    const line = raw
      .replace(/[│┃]/g, ' ')
      .replace(/^\s*\*\s/, '  ')
      .trimEnd();
    // A usage line repeats the options without what is known of them.
    if (/^\s*usage:/i.test(line)) continue;
    if (START.test(line) && !/^\s*\[/.test(line)) blocks.push([line]);
    else if (/^\s+\S/.test(line) && !/^\s*\[-/.test(line)) blocks.at(-1)?.push(line.trim());
    else if (line.trim() === '' && blocks.length > 0) continue;
  }
  const seen = new Set<string>();
  return blocks.flatMap(([head = '', ...rest]) => {
    const option = toOption(head, rest.join(' '));
    if (option === null || seen.has(option.name)) return [];
    seen.add(option.name);
    return [option];
  });
}

function toOption(head: string, rest: string): ScriptOption | null {
  const [, , written = '', after = ''] = START.exec(head) ?? [];
  const isNegatable = /^--\[no-?\]/.test(written);
  const flag = written.replace(/\[no-?\]/, '');
  if (
    flag === '' ||
    /^--?(?:help|version|h|helpfull|helpshort|install-completion|show-completion)$/.test(flag)
  )
    return null;
  const more = /^[ ,|/]+(--[A-Za-z][\w-]*)(.*)$/.exec(after);
  const pair = more !== null && /^--no-/.test(more[1] ?? '');
  // -learning_rate, --lr FLOAT: the second form is an alias.
  const tail = more !== null ? (more[2] ?? '') : after;
  const whole = `${tail} ${rest}`;
  const metavar =
    METAVAR.exec(tail)
      ?.slice(1)
      .find((found) => found !== undefined) ?? '';
  const choices = choicesOf(whole);
  const [, quoted, doubled, bare] = DEFAULT.exec(whole) ?? [];
  const shown = quoted ?? doubled ?? bare ?? BARE_DEFAULT.exec(whole)?.[1] ?? null;
  const value = readValue(shown);
  const kind = kindOfHelp(whole, metavar, value);
  const takesValue = metavar !== '' || choices !== null || (kind !== 'unknown' && kind !== 'bool');
  const isSwitch = isNegatable || pair || (!takesValue && typeof value !== 'number');
  return {
    name: flag.replace(/^-+/, '').replaceAll('-', '_'),
    flag,
    kind: kind === 'unknown' ? kindOf(value, choices) : kind,
    default: value,
    choices,
    min: null,
    max: null,
    isSwitch,
    isList: /\.\.\./.test(tail),
    isRequired: /[[(]required[\])]/i.test(whole),
    help: whole.trim().slice(0, 300),
    when: null,
  };
}

function choicesOf(text: string): Scalar[] | null {
  for (const pattern of CHOICES) {
    const found = pattern.exec(text)?.[1];
    if (found === undefined) continue;
    const words = found
      .split(/[|,]/)
      .map((word) => word.trim().replace(/^['"]|['"]$/g, ''))
      .filter((word) => word !== '' && word !== '...');
    if (words.length > 1) return words.map((word) => (isNumberText(word) ? Number(word) : word));
  }
  return null;
}

function readValue(text: string | null): Scalar | boolean | null {
  if (text === null || text === '' || /^(?:none|null|undefined)$/i.test(text)) return null;
  if (/^(?:true|false)$/i.test(text)) return /^true$/i.test(text);
  return isNumberText(text) ? Number(text) : text;
}

function kindOfHelp(text: string, metavar: string, value: Scalar | boolean | null): OptionKind {
  const named = kindNamed(metavar.replace(/[<>[\]{}]/g, ''));
  if (named !== 'unknown') return named;
  const word = /\((?:a |an )?(number|integer|string|boolean)\)|\[(number|string|boolean)\]/i.exec(text);
  const shown = word?.[1] ?? word?.[2];
  // JavaScript has one kind of number: a whole default says more.
  return shown === 'number' && Number.isInteger(value) ? 'int' : kindNamed(shown);
}

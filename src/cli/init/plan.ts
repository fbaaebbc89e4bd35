import { PLACEHOLDERS } from '../../config/trainer-spec.js';
import type { Definition } from './definition.js';
import { numberInsteadOf } from './node-source.js';
import { lastWords, type Proposal, proposeAll } from './propose.js';
import { isEpochs, isSeed } from './range-rules.js';
import type { ScriptCommand } from './script-command.js';
import { flagWith, type ScriptOption, type ScriptOptions } from './script-option.js';

/** What a search over a script's options needs: its parameters, and the commands that pass them. */
export type SearchPlan = {
  readonly proposals: readonly Proposal[];
  /** The command of the sweep file. */
  readonly command: readonly string[];
  /** The command of one short run, with few epochs where the script counts epochs. */
  readonly shortRun: readonly string[];
  /** Options that the search leaves alone. */
  readonly others: readonly ScriptOption[];
  /** Required options that nobody knows a value for. */
  readonly missing: readonly ScriptOption[];
};

/** In the command of a run: its own folder. */
export const TRIAL_DIR = '${trial_dir}';
const FEW_EPOCHS = 2;
/** A required number of epochs without a default. */
const SOME_EPOCHS = 10;
/** Commands that train, the likely ones first. */
const TRAINING = ['train', 'fit', 'run', 'tune', 'learn', 'training'];

/** Returns the plan of a search over what a definition shows. */
export function makePlan(script: ScriptCommand, definition: Definition): SearchPlan {
  const { outer, command, inner, before, after } = chosenCommand(definition.options, script.words);
  const options = [...outer, ...inner]
    .filter((option) => !isGiven(option, script.words))
    .map((option) => withNumber(option, script));
  const proposals = uniqueNames(proposeAll(options, definition.facts));
  const searched = new Set(proposals.map(({ option }) => option.name));
  const isOf = (list: readonly ScriptOption[]) => (option: ScriptOption) =>
    list.some((each) => each.name === option.name);
  const inSearch = (option: ScriptOption): string[] => {
    const placeholder = `\${${option.name}}`;
    if (searched.has(option.name)) return [option.isSwitch ? placeholder : flagWith(option, placeholder)];
    if (isSeed(lastWords(option.name)) && canTake(option)) return [flagWith(option, '${seed}')];
    return option.isRequired && isEpochOption(option) ? [flagWith(option, String(SOME_EPOCHS))] : [];
  };
  const inShortRun = (option: ScriptOption): string[] => {
    if (isEpochOption(option)) return [flagWith(option, String(fewEpochs(option)))];
    const proposal = proposals.find((each) => each.option.name === option.name);
    if (option.isRequired && proposal) return [flagWith(option, String(anyValue(proposal)))];
    return option.isRequired && isSeed(lastWords(option.name)) ? [flagWith(option, '0')] : [];
  };
  const compose = (of: (option: ScriptOption) => string[]) => [
    ...script.program,
    ...before,
    ...options.filter(isOf(outer)).flatMap(of),
    ...(command === null ? [] : [command]),
    ...after,
    ...options.filter((option) => !isOf(outer)(option)).flatMap(of),
  ];
  const isCovered = (option: ScriptOption) => inSearch(option).length > 0;
  // Trials that start in the same second would share the folder that Hydra makes for a run.
  const hydra = definition.kind === 'hydra' ? [`hydra.run.dir='${TRIAL_DIR}'`] : [];
  return {
    proposals,
    command: [...compose(inSearch), ...hydra],
    shortRun: [...compose(inShortRun), ...hydra],
    others: options.filter((option) => !isCovered(option) && !option.isSwitch && option.flag !== ''),
    missing: options.filter((option) => option.isRequired && !isCovered(option)),
  };
}

/** The options before a script's command and after it, with the words around it. */
type Chosen = {
  readonly outer: readonly ScriptOption[];
  readonly command: string | null;
  readonly inner: readonly ScriptOption[];
  readonly before: readonly string[];
  readonly after: readonly string[];
};

/** Returns the command of a script that a search should run, with the words before and after it. */
function chosenCommand({ options, commands }: ScriptOptions, words: readonly string[]): Chosen {
  const names = Object.keys(commands);
  const at = words.findIndex((word) => names.includes(word));
  if (names.length === 0) return { outer: options, command: null, inner: [], before: words, after: [] };
  const given = at >= 0 ? (words[at] as string) : undefined;
  const count = (name: string) => commands[name]?.options.length ?? 0;
  const command =
    given ??
    TRAINING.find((name) => names.includes(name)) ??
    names.toSorted((a, b) => count(b) - count(a))[0] ??
    '';
  const inner = commands[command];
  const before = at >= 0 ? words.slice(0, at) : words;
  const rest = at >= 0 ? words.slice(at + 1) : [];
  const below = inner && Object.keys(inner.commands).length > 0 ? chosenCommand(inner, rest) : null;
  if (below === null) return { outer: options, command, inner: inner?.options ?? [], before, after: rest };
  // A command of a command: the options between them are left alone.
  const path = [...below.before, ...(below.command === null ? [] : [below.command]), ...below.after];
  return { outer: options, command, inner: below.inner, before, after: path };
}

/** Whether the user gives the option a value in every run. */
function isGiven({ flag, isRequired }: ScriptOption, words: readonly string[]): boolean {
  if (flag === '') return isRequired && words.some((word) => !word.startsWith('-'));
  return words.some((word) => word === flag || word.startsWith(`${flag}=`));
}

/** Options of parseArgs are texts; the number is in the code that reads them. */
function withNumber(option: ScriptOption, { language, file }: ScriptCommand): ScriptOption {
  if (language !== 'node' || file === null || option.kind !== 'unknown' || option.default !== null)
    return option;
  const value = numberInsteadOf(file, option.name);
  return value === null
    ? option
    : { ...option, default: value, kind: Number.isInteger(value) ? 'int' : 'float' };
}

function isEpochOption(option: ScriptOption): boolean {
  return isEpochs(lastWords(option.name)) && canTake(option);
}

function canTake({ isSwitch, isList, flag, kind }: ScriptOption): boolean {
  return !isSwitch && !isList && flag !== '' && kind !== 'bool' && kind !== 'text';
}

function fewEpochs({ default: value, min }: ScriptOption): number {
  const few = typeof value === 'number' && value > 0 ? Math.min(FEW_EPOCHS, value) : FEW_EPOCHS;
  return Math.max(few, min ?? 0);
}

/** Names of sweep parameters are unique; of two options with one name the inner one counts. */
function uniqueNames(proposals: readonly Proposal[]): Proposal[] {
  const byName = new Map(proposals.map((proposal) => [proposal.option.name, proposal]));
  return [...byName.values()].filter(
    ({ option: { name, when } }) => !PLACEHOLDERS.includes(name) && (when === null || byName.has(when.name)),
  );
}

function anyValue({ start, parameter }: Proposal): string | number {
  if (start !== null) return start;
  return 'values' in parameter ? (parameter.values[0] ?? '') : parameter.min;
}

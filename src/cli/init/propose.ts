import { wordsOf } from '../../protocol/detect/metric-names.js';
import { choicesFor, type SourceFacts } from './known-choices.js';
import { isExcluded, type Range, ruleFor } from './range-rules.js';
import type { Scalar, ScriptOption } from './script-option.js';

/** A parameter in the form of a sweep file. */
export type ProposedParameter =
  | { readonly values: readonly Scalar[] }
  | { readonly min: number; readonly max: number; readonly log: boolean; readonly int: boolean };

export type Proposal = {
  readonly option: ScriptOption;
  readonly parameter: ProposedParameter;
  /** The default, where the parameter contains it. */
  readonly start: Scalar | null;
  /** The name says what it is; else only its default does. */
  readonly isKnown: boolean;
};

const MAX_PARAMETERS = 10;
const SWITCHES =
  /^(?:nesterov|amsgrad|centered|bias|residual|skip_connections?|bidirectional|augment(?:ation)?|(?:batch|layer|group)_?norm(?:alization)?|bn|ema|mixup|cutmix|class_weights?|weighted_loss)$/;

/** Returns the options that a search should vary, with their ranges; the best known first kept where there are many. */
export function proposeAll(options: readonly ScriptOption[], facts: SourceFacts): Proposal[] {
  const all = options.flatMap((option) => propose(option, facts) ?? []);
  const known = all.filter(({ isKnown }) => isKnown);
  // Whole numbers with unknown names may be anything; without them there would be nothing to search.
  const others = all.filter(
    ({ isKnown, parameter }) => !isKnown && (all.length === 1 || known.length === 0 || !isWhole(parameter)),
  );
  const kept = new Set([...known, ...others].slice(0, MAX_PARAMETERS));
  return all.filter((proposal) => kept.has(proposal));
}

/** Returns the words of the last part of a dotted name: `lr` of `optimizer.lr`. */
export function lastWords(name: string): string[] {
  return wordsOf(name.slice(name.lastIndexOf('.') + 1));
}

function isWhole(parameter: ProposedParameter): boolean {
  return 'min' in parameter && parameter.int;
}

/** Returns the range or the choices of one option; null when a search should leave it alone. */
export function propose(option: ScriptOption, facts: SourceFacts): Proposal | null {
  const words = lastWords(option.name);
  if (option.isSwitch) return ofSwitch(option, words);
  if (option.isList || option.flag === '' || option.kind === 'bool') return null;
  const rule = ruleFor(words);
  if (rule === null && isExcluded(words)) return null;
  const choices = option.choices ?? choicesFor(words, option, facts);
  if (choices !== null) return ofChoices(option, choices, words, rule !== null);
  if (option.kind === 'text') return null;
  const value = numberOf(option.default);
  // Where nothing says which numbers an option takes, its name may: 12.5 layers are none.
  const isCount = option.kind === 'unknown' && rule?.isFloat === false && Number.isInteger(value ?? 0);
  const isInt = isCount || (option.kind === 'int' && !(rule?.isFloat ?? false));
  const range = rule === null ? unknownRange(value, isInt) : rule.range(value, isInt);
  if (range === null) return null;
  return ofRange(option, range, { isInt, isKnown: rule !== null, value });
}

/**
 * A switch of a model or an optimizer, by its name; others (`--resume`, `--verbose`, `--cuda`) change something else. Its values are
 * the flag itself and nothing: a command leaves out an element whose parameter is empty.
 */
function ofSwitch(option: ScriptOption, words: readonly string[]): Proposal | null {
  const name = words.filter((word) => !/^(?:use|with|enable)$/.test(word)).join('_');
  if (option.default !== false || option.flag === '' || !SWITCHES.test(name)) return null;
  return { option, parameter: { values: ['', option.flag] }, start: '', isKnown: true };
}

function ofChoices(
  option: ScriptOption,
  choices: readonly Scalar[],
  words: readonly string[],
  isKnown: boolean,
): Proposal | null {
  if (choices.length < 2 || choices.length > 12 || new Set(choices.map(String)).size < choices.length)
    return null;
  // A loss changes what the metric means, a model and a data set what is compared.
  const isOther =
    /^(?:loss|criterion|model|arch|architecture|backbone|net|network|task|split|precision|stage)$/;
  if (words.some((word) => isOther.test(word)) && !isKnown) return null;
  const start = typeof option.default === 'boolean' ? null : option.default;
  const inside = start !== null && choices.some((choice) => String(choice) === String(start));
  return { option, parameter: { values: choices }, start: inside ? start : null, isKnown: true };
}

function ofRange(
  option: ScriptOption,
  range: Range,
  {
    isInt,
    isKnown,
    value,
  }: { readonly isInt: boolean; readonly isKnown: boolean; readonly value: number | null },
): Proposal | null {
  if ('values' in range) {
    const values = range.values.filter((each) => isInside(each, option));
    return values.length < 2
      ? null
      : {
          option,
          parameter: { values },
          start: value !== null && values.includes(value) ? value : null,
          isKnown,
        };
  }
  const min = option.min === null ? range.min : Math.max(range.min, option.min);
  const max = option.max === null ? range.max : Math.min(range.max, option.max);
  const log = range.log === true && min > 0;
  const [low, high] = isInt ? [Math.ceil(min), Math.floor(max)] : [tidy(min), tidy(max)];
  if (!(high > low)) return null;
  const start = value !== null && value >= low && value <= high ? value : null;
  return { option, parameter: { min: low, max: high, log, int: isInt }, start, isKnown };
}

function isInside(value: number, { min, max }: ScriptOption): boolean {
  return (min === null || value >= min) && (max === null || value <= max);
}

/** Returns a range for a number whose name says nothing. */
function unknownRange(value: number | null, isInt: boolean): Range | null {
  if (value === null || value <= 0) return null;
  if (isInt) return { min: Math.max(1, Math.floor(value / 4)), max: value * 4, log: value >= 8 };
  // A share near 1, such as a discount: the distance to 1 matters.
  if (value > 0.5 && value < 1) return { min: Math.max(0, 1 - 10 * (1 - value)), max: 1 - (1 - value) / 10 };
  return { min: value / 10, max: value <= 1 ? Math.min(1, value * 10) : value * 10, log: true };
}

function numberOf(value: Scalar | boolean | null): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** Twelve digits: later ones are rounding errors. */
function tidy(value: number): number {
  return Number(value.toPrecision(12));
}

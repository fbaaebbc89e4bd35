import { patternFault } from '../formats/pattern.js';
import { makeRegexParser } from '../formats/regex.js';
import { entriesOf } from '../metric.js';
import { type Bar, barOf, onlyFinished } from './bars.js';
import { isOnSomeData, isSameMetric, rankAsObjective } from './metric-names.js';
import { type Occurrence, occurrencesIn, type StepMark, stepMark } from './occurrences.js';

export type Found = {
  readonly pattern: string;
  readonly names: readonly string[];
  /** The words of the output, by the name of the metric. */
  readonly printed: ReadonlyMap<string, string>;
};

/** One metric of the output with all its places. */
type Metric = { readonly name: string; readonly places: readonly Occurrence[] };
/**
 * How careful a pattern is: with the split that a line names before the metric, and with several metrics or one. `isShort`: one
 * pair of groups for all metrics.
 */
type Care = { readonly isShort?: true; readonly withContext: boolean; readonly onlyFirst: boolean };

const MAX_METRICS = 4;
const GROUP_NAME = /^[A-Za-z_\u00b5][\w\u00b5]*$/;
export const NUMBER = String.raw`-?\d*\.?\d+(?:[eE][-+]?\d+)?|nan|NaN|-?inf`;
const CARES: readonly Care[] = [
  { isShort: true, withContext: false, onlyFirst: false },
  { withContext: false, onlyFirst: false },
  { withContext: true, onlyFirst: false },
  { withContext: false, onlyFirst: true },
  { withContext: true, onlyFirst: true },
];

/**
 * Returns a pattern of the format regex that reads the metrics of these lines, tried on them; null when they show none.
 * @param wanted the metric that must be among them, which gets this name.
 */
export function patternFor(lines: readonly string[], wanted: string | null): Found | null {
  const metrics = metricsOf(lines.flatMap((text, line) => occurrencesIn(text, line, wanted)));
  const byRank = metrics.toSorted((a, b) => rankAsObjective(a.name) - rankAsObjective(b.name));
  const first =
    wanted === null
      ? byRank[0]
      : (byRank.find(({ name }) => isSameMetric(name, wanted)) ??
        byRank.find(({ name }) => isOnSomeData(name, wanted)));
  if (first === undefined) return null;
  const objective = { ...first, name: wanted ?? first.name };
  const { mark, elsewhere } = markFor(lines, objective);
  const others = byRank.filter(
    (metric) =>
      metric.name !== first.name &&
      metric.name !== objective.name &&
      belongs(metric, { lines, objective, elsewhere }),
  );
  // A group of a pattern has a plain name; a value of the group `name` may be any.
  const isGroupName = GROUP_NAME.test(objective.name);
  const chosen = [objective, ...others.filter(({ name }) => GROUP_NAME.test(name))];
  for (const care of CARES) {
    if (!isGroupName && !care.isShort) continue;
    const kept = chosen.slice(0, care.onlyFirst ? 1 : MAX_METRICS);
    const pattern = care.isShort ? composeShort(kept, mark, lines) : compose(kept, mark, care, lines);
    if (pattern !== null && isRight(pattern, kept, lines))
      return {
        pattern,
        names: kept.map(({ name }) => name),
        printed: new Map(kept.map(({ name, places: [place] }) => [name, place?.phrase ?? name])),
      };
  }
  return null;
}

function metricsOf(occurrences: readonly Occurrence[]): Metric[] {
  return [...groupByName(occurrences)].map(([name, places]) => {
    // Printed in several ways: the most frequent one counts.
    const count = (phrase: string) => places.filter((place) => place.phrase === phrase).length;
    const phrase = places.map((place) => place.phrase).toSorted((a, b) => count(b) - count(a))[0];
    return { name, places: places.filter((place) => place.phrase === phrase) };
  });
}

function groupByName(occurrences: readonly Occurrence[]): Map<string, Occurrence[]> {
  const groups = new Map<string, Occurrence[]>();
  for (const each of occurrences) groups.set(each.name, [...(groups.get(each.name) ?? []), each]);
  return groups;
}

/** Returns how the step of the objective is printed: on its lines, or on lines before them (`elsewhere`). */
function markFor(
  lines: readonly string[],
  { places }: Metric,
): { mark: StepMark | null; elsewhere: boolean } {
  const own = places.map(({ line }) => stepMark(lines[line] ?? '')).find((mark) => mark !== null);
  if (own) return { mark: own, elsewhere: false };
  const first = places[0]?.line ?? 0;
  const before = lines.slice(0, first).map(stepMark);
  const epoch = before.find((mark) => mark?.name === 'epoch');
  return { mark: epoch ?? null, elsewhere: epoch !== undefined };
}

/** Whether a metric can be read beside the objective without taking another step for its own. */
function belongs(
  { places }: Metric,
  around: {
    readonly lines: readonly string[];
    readonly objective: Metric;
    readonly elsewhere: boolean;
  },
): boolean {
  const beside = places.some(({ line }) => around.objective.places.some((place) => place.line === line));
  const marked = places.some(({ line }) => stepMark(around.lines[line] ?? '') !== null);
  // A line with a step and a metric sets no step for the lines after it.
  if (around.elsewhere) return !marked;
  return beside || !marked;
}

function compose(
  metrics: readonly Metric[],
  mark: StepMark | null,
  { withContext }: Care,
  lines: readonly string[],
): string {
  const pieces: string[] = [];
  const groups = () => (pieces.join('|').match(/\((?!\?)|\(\?<[A-Za-z_\u00b5]/g) ?? []).length;
  if (mark !== null) pieces.push(stepPiece(mark));
  const bar = barOn(metrics, lines);
  for (const { name, places } of metrics) {
    const [place] = places;
    if (place === undefined) continue;
    const behind = withContext && place.context !== null ? `(?<=\\b${place.context}\\b.*)` : '';
    const finished = onlyFinished(bar, groups() + 1);
    const between = separatorPiece(places.map(({ separator }) => separator));
    pieces.push(
      `${finished}${behind}(?<![\\w/.-])${phrasePiece(place.phrase)}${between}(?<${name}>${NUMBER})`,
    );
  }
  return pieces.join('|');
}

/** Returns a pattern with the groups name and value; null where the metrics are not printed under their names. */
function composeShort(
  metrics: readonly Metric[],
  mark: StepMark | null,
  lines: readonly string[],
): string | null {
  const places = metrics.flatMap((metric) => metric.places);
  const isPlain = metrics.every(({ name, places: [place] }) => name === place?.phrase);
  const isOneGroup = metrics.length < 2 && GROUP_NAME.test(metrics[0]?.name ?? '');
  if (isOneGroup || !isPlain || barOn(metrics, lines) !== null) return null;
  const between = separatorPiece(places.map(({ separator }) => separator));
  const names = metrics.map(({ name }) => escaped(name)).join('|');
  const pair = `(?<![\\w/.-])(?<name>${names})${between}(?<value>${NUMBER})`;
  return mark === null ? pair : `${stepPiece(mark)}|${pair}`;
}

function barOn(metrics: readonly Metric[], lines: readonly string[]): Bar | null {
  const shown = new Set(metrics.flatMap(({ places }) => places.map(({ line }) => line)));
  return barOf([...shown].map((line) => lines[line] ?? ''));
}

function stepPiece({ word, name }: StepMark): string {
  if (word === '[') return `^\\s*\\[(?<${name}>\\d+)\\]`;
  return `\\b${word}\\W{0,4}(?<${name}>\\d+)`;
}

/** Returns the words as printed; numbers in them may vary. */
function phrasePiece(phrase: string): string {
  return phrase
    .split(/(?<=\s)\d+(?=\s)/)
    .map((part) => escaped(part).replace(/ +/g, ' +'))
    .join('\\d+');
}

function separatorPiece(separators: readonly string[]): string {
  const [first = ''] = separators;
  if (!separators.every((each) => /^[\s=:|'"\]│→]+$/.test(each)))
    return escaped(first).replace(/\s+/g, '\\s+');
  const characters = [...new Set(separators.join('').replace(/\s+/g, ' '))];
  const hasTab = separators.some((each) => each.includes('\t'));
  const inside = characters.map((each) => (each === ' ' && hasTab ? '\\s' : each.replace(']', '\\]')));
  return inside.length === 1 && separators.every((each) => each.length === 1)
    ? escaped(inside[0] ?? '')
    : `[${inside.join('')}]+`;
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** Whether a pattern reads from the lines what was found in them. */
function isRight(pattern: string, metrics: readonly Metric[], lines: readonly string[]): boolean {
  if (pattern.length > 1000 || patternFault(pattern) !== null) return false;
  const bar = barOn(metrics, lines);
  const parse = makeRegexParser({ format: 'regex', pattern });
  const isRead = new Set<string>();
  for (const [at, line] of lines.entries()) {
    const parsed = parse(line);
    if (parsed.kind === 'malformed') return false;
    for (const [name, value] of entriesOf(parsed)) {
      const metric = metrics.find((each) => each.name === name);
      if (metric === undefined) continue;
      if (!metric.places.some((place) => place.line === at && Object.is(place.value, value))) return false;
      isRead.add(name);
    }
  }
  const all = metrics.every(({ name }) => isRead.has(name));
  if (!all || bar !== null) return all;
  return metrics.every(({ name, places }) =>
    places.every((place) => entriesOf(parse(lines[place.line] ?? '')).some(([read]) => read === name)),
  );
}

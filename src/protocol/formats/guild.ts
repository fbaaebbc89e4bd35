import { stripAnsi } from '../ansi.js';
import { type MetricEntry, parseNumber } from '../metric.js';
import { type LineParser, lineOf } from './format.js';

const SCALAR = /^([^\s:][^\s]*):[ \t]+(\S+)(?:[ \t]+\(step[ \t]+(\d+)\))?[ \t]*$/;

/** `key: value` or `key: value (step N)`, a line for each: Guild AI's output scalars. `step: N` applies to later lines. */
export const parseGuild: LineParser = (line) => {
  const match = SCALAR.exec(stripAnsi(line));
  const value = match && parseNumber(match[2] ?? '');
  if (!match || value === null) return { kind: 'log' };
  const step: MetricEntry[] = match[3] === undefined ? [] : [['step', Number(match[3])]];
  return lineOf([...step, [match[1] ?? '', value]]);
};

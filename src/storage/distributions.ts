import type { Distribution, ParamValue } from '../core/distribution.js';
import { isMapping } from '../core/mapping.js';
import type { JsonValue } from '../core/trial.js';
import { fromPythonJson, pythonFloat, toPythonJson } from './python-json.js';

const written = new WeakMap<Distribution, string>();
const read = new Map<string, Distribution>();
// A study has a handful of distributions; the limit only guards against a file made to exhaust memory.
const REMEMBERED = 10_000;

/** A distribution as Optuna 3 and later writes it. Optuna rejects unknown keys, so hpo adds none. */
export function encodeDistribution(d: Distribution): string {
  let json = written.get(d);
  if (json === undefined) {
    json = format(d);
    written.set(d, json);
  }
  return json;
}

function format(d: Distribution): string {
  const step = d.kind === 'float' && d.step !== null ? pythonFloat(d.step) : 'null';
  switch (d.kind) {
    case 'float':
      return `{"name": "FloatDistribution", "attributes": {"step": ${step}, "low": ${pythonFloat(d.low)}, "high": ${pythonFloat(d.high)}, "log": ${d.log}}}`;
    case 'int':
      return `{"name": "IntDistribution", "attributes": {"log": ${d.log}, "step": ${d.step}, "low": ${d.low}, "high": ${d.high}}}`;
    case 'categorical':
      return `{"name": "CategoricalDistribution", "attributes": {"choices": ${toPythonJson(d.choices)}}}`;
  }
}

/**
 * Reads a distribution that any Optuna since 1.0 wrote, the short form `{"type": "float", ...}` included.
 * @throws SyntaxError or TypeError when it is none of them.
 */
export function decodeDistribution(json: string): Distribution {
  let d = read.get(json);
  if (d === undefined) {
    d = parse(json);
    if (read.size >= REMEMBERED) read.clear();
    read.set(json, d);
  }
  return d;
}

type Attributes = { readonly [key: string]: JsonValue };

function parse(json: string): Distribution {
  const whole = fromPythonJson(json);
  if (!isMapping(whole)) throw new TypeError(`expected a distribution, got ${json.slice(0, 80)}`);
  const name = String(whole.name ?? whole.type);
  const attributes = isMapping(whole.attributes) ? whole.attributes : whole;
  const log = attributes.log === true;
  switch (name) {
    case 'FloatDistribution':
    case 'float':
      return float(attributes, log, attributes.step ?? null);
    case 'UniformDistribution':
      return float(attributes, false, null);
    case 'LogUniformDistribution':
      return float(attributes, true, null);
    case 'DiscreteUniformDistribution':
      return float(attributes, false, attributes.q ?? null);
    case 'IntDistribution':
    case 'IntUniformDistribution':
    case 'int':
      return int(attributes, log);
    case 'IntLogUniformDistribution':
      return int(attributes, true);
    case 'CategoricalDistribution':
    case 'categorical':
      return categorical(attributes);
    default:
      throw new TypeError(`expected a distribution that Optuna knows, got ${name}`);
  }
}

// Built without the checks of core's constructors: what a file holds is shown as it is, never refused.
function float(a: Attributes, log: boolean, step: JsonValue): Distribution {
  return {
    kind: 'float',
    low: Number(a.low),
    high: Number(a.high),
    log,
    step: step === null ? null : Number(step),
  };
}

function int(a: Attributes, log: boolean): Distribution {
  return { kind: 'int', low: Number(a.low), high: Number(a.high), log, step: Number(a.step ?? 1) };
}

function categorical(a: Attributes): Distribution {
  if (!Array.isArray(a.choices))
    throw new TypeError('expected a list of choices in a categorical distribution');
  const choices = (a.choices as readonly JsonValue[]).map(toParamValue);
  return { kind: 'categorical', choices, ordered: choices.every((choice) => typeof choice === 'number') };
}

/** Python allows lists and dictionaries as choices; here they are carried as their JSON text. */
function toParamValue(choice: JsonValue): ParamValue {
  return choice !== null && typeof choice === 'object' ? toPythonJson(choice) : (choice as ParamValue);
}

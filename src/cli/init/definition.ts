import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { parse } from '../../config/plain-yaml.js';
import { isMapping } from '../../core/mapping.js';
import { optionsOfHelp } from './help-text.js';
import { type HydraPlace, hydraOptions } from './hydra.js';
import type { SourceFacts } from './known-choices.js';
import { NODE_RECORDER } from './node-record.js';
import { nodeSource } from './node-source.js';
import { SOURCE_READER } from './python/read-source.js';
import { RECORDER } from './python/record.js';
import { quietEnv } from './quiet-env.js';
import { readsArguments } from './reads-arguments.js';
import { type BoundedRun, runBounded } from './run-bounded.js';
import type { ScriptCommand } from './script-command.js';
import { type Scalar, type ScriptOption, type ScriptOptions, toScriptOptions } from './script-option.js';

/** What is known of a script's options, and from where. */
export type Definition = {
  readonly kind: 'argparse' | 'click' | 'typer' | 'absl' | 'hydra' | 'node' | 'help' | 'none';
  readonly options: ScriptOptions;
  readonly facts: SourceFacts;
  /** Numbers and texts that a Python file assigns to names at its top level. */
  readonly constants: Readonly<Record<string, Scalar>>;
  /** The parameters that a script gives to hpo.run(), with their defaults; null: it does not call it. */
  readonly given: Readonly<Record<string, Scalar>> | null;
  /** The last line of what a script said that could not start; null when it started. */
  readonly problem: string | null;
};

type Source = Omit<Definition, 'problem'> & { readonly place: HydraPlace | null };

/** A script may import large packages before it reads its arguments. */
const LIMIT_MS = 30_000;
const SOURCE_LIMIT_MS = 10_000;
const NO_FACTS: SourceFacts = { words: [], looksUpOptimizers: false };
const NOTHING: Source = {
  kind: 'none',
  options: { options: [], commands: {} },
  facts: NO_FACTS,
  constants: {},
  given: null,
  place: null,
};
const KINDS = ['argparse', 'click', 'typer', 'absl', 'hydra', 'node', 'none'] as const;

/**
 * Finds the options of a script by its help, by a recording parser in the same run, and by its source. A script that reads no
 * arguments is not started: with --help it would do its whole work.
 */
export async function findDefinition(script: ScriptCommand): Promise<Definition> {
  const folder = mkdtempSync(join(tmpdir(), 'hpo-init-'));
  try {
    const source = await readSource(script, folder);
    if (!readsArguments(script)) return { ...source, problem: null };
    const { record, run } = await runForHelp(script, folder);
    const recorded = fromRecord(record);
    const known = { facts: source.facts, constants: source.constants, given: source.given };
    if (recorded.kind === 'hydra' || (recorded.kind === 'none' && source.kind === 'hydra')) {
      const place = recorded.place ?? source.place;
      const options = place === null ? NOTHING.options : await readHydra(script, place);
      return { kind: 'hydra', options, ...known, problem: null };
    }
    if (recorded.kind !== 'none') return { ...recorded, ...known, problem: null };
    const options = run.end === 'ended' ? optionsOfHelp(run.output) : [];
    if (options.length === 0) return { ...source, problem: problemOf(run) };
    const inSource = source.options.options;
    const merged = options.map((option) =>
      complete(
        option,
        inSource.find(({ flag }) => flag === option.flag),
      ),
    );
    return { kind: 'help', options: { options: merged, commands: {} }, ...known, problem: null };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Help shows neither types nor defaults where nobody wrote them down; the source has them. */
function complete(option: ScriptOption, known: ScriptOption | undefined): ScriptOption {
  if (known === undefined) return option;
  return {
    ...option,
    name: known.name,
    kind: known.kind === 'unknown' ? option.kind : known.kind,
    default: option.default ?? known.default,
    choices: option.choices ?? known.choices,
    isSwitch: option.isSwitch && known.isSwitch,
    isList: option.isList || known.isList,
    isRequired: option.isRequired || known.isRequired,
  };
}

/** Runs the script with --help and, where its language has one, a recording parser. */
async function runForHelp(
  { language, program, words, name }: ScriptCommand,
  folder: string,
): Promise<{ record: unknown; run: BoundedRun }> {
  const target = join(folder, 'record.json');
  const first = (variable: string, value: string, separator: string) => ({
    [variable]: process.env[variable] ? `${value}${separator}${process.env[variable]}` : value,
  });
  let env: Record<string, string> = { HPO_RECORD_FILE: target, HPO_RECORD_SCRIPT: basename(name) };
  if (language === 'python') {
    writeFileSync(join(folder, 'sitecustomize.py'), RECORDER);
    env = { ...env, ...first('PYTHONPATH', folder, ':') };
  }
  if (language === 'node') {
    writeFileSync(join(folder, 'record.cjs'), NODE_RECORDER);
    env = {
      ...env,
      ...first('NODE_OPTIONS', `--require=${JSON.stringify(join(folder, 'record.cjs'))}`, ' '),
    };
  }
  const run = await runBounded([...program, ...words, '--help'], {
    limitMs: LIMIT_MS,
    env: { ...quietEnv(), ...env },
  });
  try {
    return { record: JSON.parse(readFileSync(target, 'utf8')), run };
  } catch {
    return { record: null, run };
  }
}

function fromRecord(record: unknown): Source {
  if (!isMapping(record)) return NOTHING;
  const kind = KINDS.find((each) => each === record.kind);
  if (kind === undefined) return NOTHING;
  return {
    kind,
    options: toScriptOptions(record),
    facts: {
      words: Array.isArray(record.words) ? record.words.filter((word) => typeof word === 'string') : [],
      looksUpOptimizers: record.getattr === true,
    },
    constants: scalarsOf(record.constants) ?? {},
    given: scalarsOf(record.given),
    place: placeOf(record),
  };
}

function scalarsOf(value: unknown): Record<string, Scalar> | null {
  if (!isMapping(value)) return null;
  const scalars = Object.entries(value).flatMap(([name, each]): [string, Scalar][] =>
    typeof each === 'number' || typeof each === 'string' ? [[name, each]] : [],
  );
  return Object.fromEntries(scalars);
}

function placeOf({ kind, folder, config }: Readonly<Record<string, unknown>>): HydraPlace | null {
  if (kind !== 'hydra' || typeof folder !== 'string') return null;
  return { folder, config: typeof config === 'string' ? config : 'config' };
}

/** Reads the source of a script without running it. */
async function readSource({ language, program, file }: ScriptCommand, folder: string): Promise<Source> {
  if (file === null) return NOTHING;
  if (language === 'node') return { ...NOTHING, ...nodeSource(file) };
  if (language !== 'python') return NOTHING;
  const reader = join(folder, 'read.py');
  writeFileSync(reader, SOURCE_READER);
  const python = /python[\d.]*$/.test(program[0] ?? '') ? (program[0] ?? 'python3') : 'python3';
  const { output } = await runBounded([python, reader, file], { limitMs: SOURCE_LIMIT_MS, env: quietEnv() });
  try {
    const record: unknown = JSON.parse(output);
    const source = fromRecord(
      isMapping(record) && record.kind === null ? { ...record, kind: 'none' } : record,
    );
    if (source.place === null) return source;
    // In the source a folder is relative to the script.
    return { ...source, place: { ...source.place, folder: resolve(dirname(file), source.place.folder) } };
  } catch {
    return NOTHING;
  }
}

/** Lets Hydra compose the configuration; without Hydra it is composed here. */
async function readHydra({ program, words }: ScriptCommand, place: HydraPlace): Promise<ScriptOptions> {
  const run = await runBounded([...program, ...words, '--cfg', 'job'], {
    limitMs: LIMIT_MS,
    env: quietEnv(),
  });
  let composed: unknown = null;
  try {
    if (run.end === 'ended' && run.exitCode === 0) composed = parse(run.output);
  } catch {
    // The program printed something else.
  }
  return { options: hydraOptions(place, composed), commands: {} };
}

/** Returns what a run says of why it failed; null when it did not fail. */
export function problemOf({ end, exitCode, output }: BoundedRun): string | null {
  if (end === 'missing') return 'its program was not found';
  if (end !== 'ended' || exitCode === 0) return null;
  return (
    output
      .trim()
      .split(/[\r\n]+/)
      .at(-1)
      ?.trim() || `it exited ${exitCode}`
  );
}

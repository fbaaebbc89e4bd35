import { defaultName } from '../../config/default-name.js';
import { parse, stringify } from '../../config/plain-yaml.js';
import { usageError } from '../../core/errors.js';
import type { TuneRequest } from './request.js';
import type { TunedCommand } from './words.js';

type Data = { [key: string]: unknown };

/** Programs that run a script: the script names the study. */
const RUNNERS = /^(python[\d.]*|node|deno|bun|npx|uv|sh|bash|zsh|fish|ruby|perl|julia|Rscript|java)$/;
/** Programs that run another one. */
const WRAPPERS =
  /^(env|time|timeout|nice|ionice|taskset|chrt|numactl|stdbuf|nohup|sudo|perf|strace|ltrace|valgrind)$/;
/** Most commands that print no metric fail each time: the search ends soon then. */
const MAX_CONSECUTIVE_FAILURES = 3;

/** Returns the sweep file of a command line. @throws HpoError (usage) tune.*. */
export function makeSweepText({ command, parameters }: TunedCommand, request: TuneRequest): string {
  const objectives = request.goals.map((goal) => ({
    ...goal,
    ...(request.reduce !== undefined && { reduce: request.reduce }),
  }));
  const data: Data = {
    study: request.name ?? request.study ?? nameOf(command),
    ...(objectives.length === 1 ? { objective: objectives[0] } : { objectives }),
    trainer: { command },
    parameters: Object.fromEntries(parameters),
    ...metricsOf(request),
    ...(request.constraint.length > 0 && { constraints: request.constraint }),
    ...(request.repeats !== undefined && { repeats: request.repeats }),
    max_consecutive_failures: MAX_CONSECUTIVE_FAILURES,
  };
  for (const text of request.set) setKey(data, text);
  for (const [key, text] of request.settings) setKey(data, `${key}=${text}`);
  return `# Written by hpo tune.\n${stringify(data, { lineWidth: 0 })}`;
}

function metricsOf({ metricFormat, metricPattern, metricPath }: TuneRequest): Data {
  const implied = metricPattern !== undefined ? 'regex' : metricPath !== undefined ? 'json-file' : undefined;
  const format = metricFormat ?? implied;
  if (format === undefined) return {};
  return {
    metrics: {
      format,
      ...(metricPattern !== undefined && { pattern: metricPattern }),
      ...(metricPath !== undefined && { path: metricPath }),
    },
  };
}

const SHELL = /^(?:ba|da|z|fi)?sh$/;
/** What comes before the program of a shell's command: `cd build &&`, `export A=1;`, `A=1`, `exec`. */
const BEFORE_PROGRAM = /^\s*(?:(?:cd|set|export)\s[^;&|\n]*(?:;|&&|\n)|\w+=\S*\s|exec\s)/;

/** Returns the name of the script, or of the program; of `sh -c '...'` that of the program inside. */
function nameOf(command: readonly string[]): string {
  const [program = ''] = command;
  const plain = command.filter((word) => !word.startsWith('-') && !/[{}\s]/.test(word));
  const inside = insideShell(command);
  if (inside !== null) return nameOf(inside);
  const base = program.split('/').at(-1) ?? '';
  const wrapped = WRAPPERS.test(base) ? wrappedBy(command) : null;
  if (wrapped !== null) return nameOf(wrapped);
  const isRunner = RUNNERS.test(base);
  const script = isRunner ? plain.slice(1).find((word) => /[./]/.test(word)) : undefined;
  return defaultName(script ?? program);
}

/** Returns the command that another one runs, after its options, numbers and variables; null where there is none. */
function wrappedBy(command: readonly string[]): readonly string[] | null {
  const at = command.findIndex(
    (word, k) => k > 0 && !/^(?:-|[\d.]+[a-z]?$|\w+=|[{$]|(?:stat|record)$)/.test(word),
  );
  return at < 0 ? null : command.slice(at);
}

/** Returns the words of a shell's first command; null where no shell is given one. */
function insideShell([program = '', ...words]: readonly string[]): readonly string[] | null {
  if (!SHELL.test(program.split('/').at(-1) ?? '')) return null;
  const at = words.findIndex((word) => /^-\w*c$/.test(word));
  let text = at < 0 ? '' : (words[at + 1] ?? '');
  for (let match = BEFORE_PROGRAM.exec(text); match; match = BEFORE_PROGRAM.exec(text))
    text = text.slice(match[0].length);
  const first = text.trim().split(/\s+/);
  return first[0] === '' ? null : first;
}

/** Sets a key of the sweep file, `logging.local.metrics=[loss]`; the value is YAML. */
function setKey(data: Data, text: string): void {
  const at = text.indexOf('=');
  const keys = text.slice(0, at).split('.');
  if (at < 1 || keys.some((key) => key === '' || key in Object.prototype))
    throw usageError('tune.bad-setting', `expected KEY=VALUE with a key of the sweep file, got ${text}`);
  let value: unknown;
  try {
    value = parse(text.slice(at + 1));
  } catch {
    throw usageError(
      'tune.bad-setting',
      `expected YAML as the value of ${text.slice(0, at)}, got ${text.slice(at + 1)}`,
    );
  }
  let below = data;
  for (const key of keys.slice(0, -1)) {
    const next = below[key];
    const made: Data =
      typeof next === 'object' && next !== null && !Array.isArray(next) ? (next as Data) : {};
    below[key] = made;
    below = made;
  }
  below[keys.at(-1) as string] = value;
}

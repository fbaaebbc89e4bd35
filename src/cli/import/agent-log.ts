import { defaultName } from '../../config/default-name.js';
import { nearestName } from '../../config/objectives.js';
import { isMapping } from '../../core/mapping.js';
import type { Attrs, Direction, FinishedState } from '../../core/trial.js';
import { toRecords } from './foreign-records.js';
import type { JsonLine } from './json-lines.js';
import { type Log, type LogRow, timeOf } from './log-row.js';
import type { Row, Table } from './table.js';

/** What its experiments are without parameters: the number of the experiment. */
export const RUN = 'run';
/** The status that a loop writes after an experiment. A result that failed its checks counts for nothing. */
const STATES: Readonly<Record<string, FinishedState>> = {
  ...{ keep: 'complete', kept: 'complete', baseline: 'complete', measure: 'complete' },
  ...{ discard: 'complete', discarded: 'complete', revert: 'complete', reverted: 'complete' },
  ...{ crash: 'fail', crashed: 'fail', checks_failed: 'fail', fail: 'fail', failed: 'fail', error: 'fail' },
};
/** What only such loops write. */
const VERDICTS = ['keep', 'discard', 'crash', 'checks_failed'];
const MAX_DESCRIPTION = 2000;
const MAX_ASI = 10_000;

type Config = { name: string | null; metric: string; direction: Direction };
type Segment = { readonly config: Config; readonly experiments: JsonLine[] };

/** Returns whether JSON lines are the log of an agent's loop: a line with its metric, or experiments that were kept or not. */
export function isAgentLog(lines: readonly JsonLine[]): boolean {
  return lines.some(
    ({ value }) => isConfig(value) || (isExperiment(value) && VERDICTS.includes(statusOf(value))),
  );
}

function statusOf({ status }: JsonLine['value']): string {
  return String(status).toLowerCase();
}

function isConfig(value: JsonLine['value']): boolean {
  return value.type === 'config' && typeof value.metricName === 'string';
}

function isExperiment(value: JsonLine['value']): boolean {
  return 'metric' in value && typeof value.status === 'string' && !isMapping(value.metric);
}

/** Returns a table for each segment of a log, the newest last. A line with another metric begins a segment. */
export function agentTables(file: string, lines: readonly JsonLine[]): Table[] {
  const taken = new Set<string>();
  return segmentsOf(lines).map(({ config, experiments }) => {
    const { rows, params } = toRecords(
      experiments.map(({ value }) => ({ config: value.params ?? value.parameters ?? value.config ?? {} })),
    );
    const cells = rows.map((row, k): Row => {
      const { value } = experiments[k] as JsonLine;
      const number = typeof value.run === 'number' ? value.run : k + 1;
      return {
        ...(params.length === 0 ? { [RUN]: String(number) } : row),
        ...(typeof value.metric === 'number' && { [config.metric]: String(value.metric) }),
      };
    });
    const log: Log = {
      study: freeName((config.name === null ? null : slug(config.name)) ?? defaultName(file), taken),
      metric: config.metric,
      direction: config.direction,
      isAgents: true,
      rows: experiments.map((each) => logRow(each, config.metric)),
    };
    const names = params.length === 0 ? [RUN] : params;
    return { file, columns: [...names, config.metric], rows: cells, params: names, log };
  });
}

/** Returns the name, with a number where an earlier segment of the file has it. */
function freeName(base: string, taken: Set<string>): string {
  let name = base;
  for (let k = 2; taken.has(name); k++) name = `${base}-${k}`;
  taken.add(name);
  return name;
}

function segmentsOf(lines: readonly JsonLine[]): Segment[] {
  const segments: Segment[] = [];
  let config: Config = { name: null, metric: 'metric', direction: 'minimize' };
  let isNew = true;
  for (const line of lines) {
    const { value } = line;
    if (isConfig(value)) {
      config = {
        name: typeof value.name === 'string' && value.name.trim() !== '' ? value.name : null,
        metric: metricNamed(String(value.metricName)),
        direction: value.bestDirection === 'higher' ? 'maximize' : 'minimize',
      };
      isNew = true;
    } else if (isExperiment(value)) {
      if (isNew) segments.push({ config, experiments: [] });
      isNew = false;
      segments.at(-1)?.experiments.push(line);
    }
  }
  return segments;
}

/** Names of other programs may hold what no metric's name has. */
function metricNamed(text: string): string {
  return nearestName(text).slice(0, 255);
}

function logRow({ line, value }: JsonLine, metric: string): LogRow {
  const status = statusOf(value);
  const state = Object.hasOwn(STATES, status) ? (STATES[status] as FinishedState) : null;
  const commit = typeof value.commit === 'string' ? value.commit.slice(0, 64) : '';
  const description =
    typeof value.description === 'string' ? value.description.slice(0, MAX_DESCRIPTION) : '';
  const others = Object.entries(isMapping(value.metrics) ? value.metrics : {}).flatMap(([name, number]) =>
    typeof number === 'number' && metricNamed(name) !== metric ? [[metricNamed(name), number] as const] : [],
  );
  return {
    line,
    state,
    reason:
      state === null
        ? `expected the status keep, discard, crash or checks_failed, got ${JSON.stringify(status.slice(0, 60))}`
        : state === 'fail'
          ? `${status}${description === '' ? '' : `: ${description}`}`
          : null,
    metrics: Object.fromEntries(others),
    attrs: attrsOf(value, { commit, description, status }),
    // Notes of thousands of trials would make each of their rows slow to read.
    note: null,
    tags: [status],
    finishedAtMs: timeOf(value.timestamp),
  };
}

function attrsOf(
  { asi }: JsonLine['value'],
  { commit, description, status }: Readonly<Record<'commit' | 'description' | 'status', string>>,
): Attrs {
  const isSmall = isMapping(asi) && JSON.stringify(asi).length <= MAX_ASI;
  return {
    status: status.slice(0, 60),
    ...(commit !== '' && { commit }),
    ...(description !== '' && { description }),
    ...(isSmall && { asi: asi as Attrs }),
  };
}

/** Returns the name of a session as that of a study. */
function slug(name: string): string | null {
  const text = name.toLowerCase().replace(/[^a-z0-9]+/g, '-');
  return text.replace(/^-+/, '').slice(0, 60).replace(/-+$/, '') || null;
}

import { stringify } from '../../config/plain-yaml.js';
import { type DetectedMetric, metricsLine } from '../../protocol/detect/detect.js';
import type { MetricFormat } from '../../protocol/formats/format.js';
import type { Proposal, ProposedParameter } from './propose.js';
import type { Scalar, ScriptOption } from './script-option.js';

export type SweepContent = {
  readonly study: string;
  /** The script, for comments. */
  readonly script: string;
  readonly command: readonly string[];
  readonly proposals: readonly Proposal[];
  readonly others: readonly ScriptOption[];
  /** The objective first. */
  readonly metrics: readonly DetectedMetric[];
  /** Null: METRIC lines, or nothing was found. */
  readonly format: MetricFormat | null;
  /** Comments on what the user has to do. */
  readonly todo: readonly string[];
};

const WIDTH = 110;

/** Returns a commented sweep file for a script. */
export function makeSweepText(content: SweepContent): string {
  const { study, script, command, proposals, format, metrics, todo } = content;
  const [objective, ...others] = metrics;
  const more = others.slice(0, 6).map(({ name, direction }) => `${name} (${direction})`);
  const lines = [
    `# A search over the options of ${oneLine(script)}. \`hpo optimize\` runs it, and resumes it later.`,
    ...todo.map((text) => `# TO DO: ${oneLine(text)}`),
    `study: ${scalar(study)}`,
    '',
    '# What to make better: a metric that the script prints.',
    ...(more.length > 0 ? [`# Others that it prints: ${more.join(', ')}`] : []),
    'objective:',
    `  metric: ${scalar(objective?.name ?? 'loss')}`,
    `  direction: ${objective?.direction ?? 'minimize'} # or ${objective?.direction === 'maximize' ? 'minimize' : 'maximize'}`,
    "  reduce: last # or best, or mean: how a trial's value comes from its epochs",
    '',
    ...metricsBlock(format, objective),
    '# The program to run for each trial: a list, never a shell string. ${NAME} is the value of a parameter.',
    'trainer:',
    '  command:',
    ...command.map((word) => `    - ${scalar(word)}`),
    '',
    'sampler: auto # or grid, random, qmc, tpe, gp, cmaes, nsga2',
    'scheduler: auto # continues the trials that are worth it; none trains all in full; asha, median, ...',
    'trials: 20 # in all; a grid needs no number',
    '',
    'parameters:',
    ...proposals.flatMap(parameterLines),
    ...startLines(proposals),
    ...otherLines(content.others),
    '',
    '# repeats: 3 # three seeds of each configuration',
    '# max_concurrent: 1 # trials at once; by default one for each slot',
    '# devices: auto # or cpu, or a list of GPUs',
  ];
  return `${lines.join('\n')}\n`;
}

function metricsBlock(format: MetricFormat | null, objective: DetectedMetric | undefined): string[] {
  if (format !== null && format.format !== 'metric')
    return ['# How the script prints its metrics, found by running it once.', metricsLine(format), ''];
  if (objective !== undefined) return [];
  return [
    '# How the script prints its metrics, if not as METRIC lines such as `METRIC epoch=1 loss=0.5`:',
    "# metrics: { format: regex, pattern: 'epoch (?<epoch>\\d+).*loss: (?<loss>\\S+)' }",
    '',
  ];
}

function parameterLines({ option, parameter }: Proposal): string[] {
  const { default: value, help } = option;
  const notes = [
    ...(value === null || typeof value === 'boolean' ? [] : [`default ${oneLine(value)}`]),
    ...(help === '' ? [] : [oneLine(help).replace(/\s*[[(]default:?[^\])]*[\])]/i, '')]),
  ];
  const line = `  ${scalar(option.name)}: ${written(parameter, option)}`;
  const note = notes.filter((text) => text !== '').join(': ');
  return [note === '' ? line : `${line} # ${note}`.slice(0, Math.max(WIDTH, line.length)).trimEnd()];
}

function written(parameter: ProposedParameter, { when }: ScriptOption): string {
  const condition = when === null ? '' : `, when: { ${scalar(when.name)}: ${listOf(when.values)} }`;
  if ('values' in parameter)
    return when === null ? listOf(parameter.values) : `{ values: ${listOf(parameter.values)}${condition} }`;
  const { min, max, log, int } = parameter;
  return `{ min: ${min}, max: ${max}${int ? ', int: true' : ''}${log ? ', log: true' : ''}${condition} }`;
}

/** The script's own defaults are tried first: a baseline. */
function startLines(proposals: readonly Proposal[]): string[] {
  const known = proposals.flatMap(({ option, start }) =>
    start === null || option.when !== null ? [] : [`${scalar(option.name)}: ${flow(start)}`],
  );
  if (known.length === 0) return [];
  return [
    '',
    "# The script's own defaults are tried first.",
    'initial_points:',
    `  - { ${known.join(', ')} }`,
  ];
}

function otherLines(others: readonly ScriptOption[]): string[] {
  if (others.length === 0) return [];
  const shown = others
    .slice(0, 30)
    .map(({ flag, default: value }) => (value === null ? flag : `${flag} (${value})`));
  const lines = [''];
  let line = '# Not searched:';
  for (const text of shown.map(oneLine)) {
    if (`${line} ${text}`.length > WIDTH) {
      lines.push(line);
      line = '#';
    }
    line += ` ${text},`;
  }
  return [...lines, line.replace(/,$/, '')];
}

function listOf(values: readonly Scalar[]): string {
  return `[${values.map(flow).join(', ')}]`;
}

/** A text in a flow list: a comma or a bracket in it would end it. */
function flow(value: Scalar): string {
  if (typeof value === 'number') return String(value);
  return /^[A-Za-z_][\w.-]*$/.test(value) ? scalar(value) : JSON.stringify(value);
}

function scalar(value: string): string {
  return stringify(value, { lineWidth: 0, defaultStringType: 'PLAIN', blockQuote: false }).trimEnd();
}

function oneLine(text: unknown): string {
  return String(text)
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\s]+/g, ' ')
    .trim();
}

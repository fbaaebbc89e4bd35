import * as z from 'zod';
import { isMetricName, withMicroSign } from '../core/metric-name.js';
import { isRunMetric } from '../core/run-metrics.js';
import type { MetricFormat } from '../protocol/formats/format.js';
import { groupNames, patternFault } from '../protocol/formats/pattern.js';
import { formats } from '../protocol/formats/registry.js';
import { STEP_NAMES } from '../protocol/metric.js';
import type { Diagnostics } from './diagnostics.js';
import { nearest } from './nearest.js';

const names = formats.map(({ name }) => name) as [string, ...string[]];

export const metricsSchema = z.strictObject({
  format: z
    .enum(names)
    .default('metric')
    .describe(`How the trainer writes metrics: ${formats.map((f) => `${f.name} (${f.summary})`).join('; ')}`),
  pattern: z
    .string()
    .min(1)
    .max(1000)
    .refine((pattern) => patternFault(pattern) === null, {
      error: ({ input }) => `expected a regular expression with named groups: ${patternFault(String(input))}`,
    })
    .optional()
    .describe('For the format regex: (?<loss>\\S+) makes a metric loss; (?<name>\\S+)=(?<value>\\S+) many'),
  path: z
    .string()
    .max(1000)
    .refine(isBelow, 'expected a path below the folder of the trial, without ".." and not absolute')
    .optional()
    .describe(
      "For the format json-file: the file, below the trial's folder (HPO_TRIAL_DIR, or ${trial_dir} in the command)",
    ),
  names: z
    .array(z.string().refine(isMetricName, 'expected the name of a metric').overwrite(withMicroSign))
    .min(1)
    .optional()
    .describe('The only metrics that are read; katib and guild read those of objectives, limits and logging'),
});

/** The path of a file is not to lead out of the trial's folder. */
function isBelow(path: string): boolean {
  const parts = path.split(/[/\\]/);
  return !parts.some((part) => part === '' || part === '..' || part.includes('\0'));
}

/**
 * Returns the metric format of a sweep file, undefined for METRIC lines; notes what is wrong with it.
 * @param needed the metrics of objectives and constraints.
 * @param columns those that the sweep names besides, for formats that would match many others.
 */
export function toMetricFormat(
  raw: z.output<typeof metricsSchema> | null,
  { needed, columns }: { readonly needed: readonly string[]; readonly columns: readonly string[] },
  mistakes: Diagnostics,
): MetricFormat | undefined {
  if (!raw) return undefined;
  const { format, pattern, path, names } = raw;
  const others = [...needed, ...columns].filter((name) => !isRunMetric(name));
  checkEndFormat(raw, others, mistakes);
  if ((format === 'regex') !== (pattern !== undefined)) {
    const message =
      format === 'regex'
        ? 'expected a pattern with the format regex'
        : `expected no pattern with the format ${format}`;
    mistakes.add(['metrics', pattern === undefined ? 'format' : 'pattern'], 'metric-pattern', message, {
      fix: "metrics: {format: regex, pattern: 'loss=(?<loss>\\S+)'}",
    });
  }
  if (format === 'regex' && pattern !== undefined) checkGroups(pattern, needed, mistakes);
  if (names !== undefined) checkListed(names, needed, mistakes);
  const entry = formats.find(({ name }) => name === format);
  const read = names ?? (entry?.needsNames || entry?.hasOneName ? [...new Set(others)] : undefined);
  const never = read?.find((name) => entry?.names?.test(name) === false);
  if (never !== undefined) {
    mistakes.add(
      ['metrics', 'format'],
      'metric-names',
      `expected names that ${format} can read, of letters, digits, _ and -, got ${never}`,
      { fix: `name it as ${format} does, without what comes before: ${never.split(/[^\w-]/).at(-1)}` },
    );
  }
  if (format === 'metric' && !read) return undefined;
  return {
    format,
    ...(pattern !== undefined && { pattern }),
    ...(read && { names: read }),
    ...(path !== undefined && { path }),
  };
}

/** Notes metrics that the sweep needs and that a list of its own leaves out. */
function checkListed(names: readonly string[], needed: readonly string[], mistakes: Diagnostics): void {
  const left = [...new Set(needed)].filter((name) => !isRunMetric(name) && !names.includes(name));
  if (left.length === 0) return;
  mistakes.add(
    ['metrics', 'names'],
    'metric-names',
    `expected all metrics that the sweep needs, got a list without ${left.join(', ')}`,
    { fix: `names: [${[...names, ...left].join(', ')}]` },
  );
}

/** Notes metrics that a pattern can never give, since none of its groups has their name. */
function checkGroups(pattern: string, needed: readonly string[], mistakes: Diagnostics): void {
  const groups = groupNames(pattern);
  if (groups.includes('name')) return;
  const metrics = groups.filter((name) => !STEP_NAMES.includes(name));
  for (const name of new Set(needed)) {
    if (isRunMetric(name) || groups.includes(name)) continue;
    const close = nearest(name, metrics) ?? (metrics.length === 1 ? metrics[0] : undefined);
    const isGroup = /^[A-Za-z_\u00b5][\w\u00b5]*$/.test(name);
    const rename = isGroup ? `name the group: (?<${name}>...)` : 'use the groups name and value';
    mistakes.add(
      ['metrics', 'pattern'],
      'metric-group',
      `expected a group with the name of the metric ${name}, got ${groups.join(', ')}`,
      { fix: close === undefined ? rename : `${rename}; or did you mean the metric ${close}?` },
    );
  }
}

/** Notes what is wrong with a format whose values come from the end of a run. */
function checkEndFormat(
  { format, path, names }: z.output<typeof metricsSchema>,
  wanted: readonly string[],
  mistakes: Diagnostics,
): void {
  if ((format === 'json-file') !== (path !== undefined)) {
    const message =
      format === 'json-file'
        ? 'expected a path with the format json-file'
        : `expected no path with the format ${format}`;
    mistakes.add(['metrics', path === undefined ? 'format' : 'path'], 'metric-path', message, {
      fix: 'metrics: {format: json-file, path: result.json}',
    });
  }
  const count = new Set(names ?? wanted).size;
  if (formats.find(({ name }) => name === format)?.hasOneName && count > 1) {
    const message = `expected one metric, since ${format} gives one number, got ${count}`;
    mistakes.add(['metrics', 'format'], 'metric-names', message, {
      fix: 'use the format json-file, or regex',
    });
  }
}

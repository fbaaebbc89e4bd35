import { describe, expect, it } from 'vitest';
import { specDifferences } from '../../src/config/spec-diff.js';
import { load, mistakes } from './files.js';

const REST = `
objective: { metric: loss, direction: minimize }
trainer: { command: [sh, train.sh] }
constraints: ["memory_mb <= 8000"]
parameters: { x: [1, 2] }
`;
const specOf = async (metrics: string) => (await load(`${metrics}${REST}`)).spec;

describe('metrics.format', () => {
  it('is not there for METRIC lines', async () => {
    expect((await specOf('')).trainer).not.toHaveProperty('metrics');
    expect((await specOf('metrics: { format: metric }')).trainer).not.toHaveProperty('metrics');
  });

  it('reads what the sweep speaks of, where a format would find every number', async () => {
    expect((await specOf('metrics: { format: katib }')).trainer.metrics).toEqual({
      format: 'katib',
      names: ['loss', 'memory_mb'],
    });
    expect((await specOf('metrics: { format: jsonl }')).trainer.metrics).toEqual({ format: 'jsonl' });
    const named = await specOf('metrics: { format: metric, names: [loss, memory_mb] }');
    expect(named.trainer.metrics).toEqual({ format: 'metric', names: ['loss', 'memory_mb'] });
  });

  it('belongs to the study, its names do not', async () => {
    const [katib, more, guild] = await Promise.all([
      specOf('metrics: { format: katib }'),
      specOf('metrics: { format: katib, names: [loss, memory_mb, accuracy] }'),
      specOf('metrics: { format: guild }'),
    ]);
    expect(specDifferences(katib, more)).toEqual([]);
    expect(specDifferences(katib, guild)).toMatchObject([{ area: 'trainer', path: 'metrics.format' }]);
  });

  it('takes one metric from the last number, and the file by a path below the trial', async () => {
    const one = (more: string) => `${more}${REST.replace('memory_mb <= 8000', 'hpo.max_rss_mb <= 80')}`;
    expect((await load(one('metrics: { format: last-number }'))).spec.trainer.metrics).toEqual({
      format: 'last-number',
      names: ['loss'],
    });
    const file = await load(one('metrics: { format: json-file, path: out/r.json }'));
    expect(file.spec.trainer.metrics).toEqual({ format: 'json-file', path: 'out/r.json' });
    expect(await mistakes(`metrics: { format: last-number }${REST}`)).toMatch(/expected one metric.*got 2/);
    expect(await mistakes(one('metrics: { format: json-file }'))).toMatch(/expected a path/);
    expect(await mistakes(one('metrics: { format: jsonl, path: x }'))).toMatch(/expected no path/);
    for (const path of ['/etc/passwd', '../x', 'a/../../x', 'a//b'])
      expect(await mistakes(one(`metrics: { format: json-file, path: ${path} }`))).toMatch(
        /expected a path below/,
      );
  });

  it('refuses an objective that no output can name, except where one number has no name', async () => {
    const spaced = REST.replace('metric: loss', 'metric: val acc');
    const formats = [
      'metric',
      'jsonl',
      'guild',
      'json-file, path: r.json',
      "regex, pattern: '(?<name>.*)=(?<value>.*)'",
    ];
    for (const format of formats)
      expect(await mistakes(`metrics: { format: ${format} }${spaced}`)).toMatch(
        /sweep.yaml:2:22 error\[config.metric-name\]: .* without blanks, got "val acc"\n {2}fix: call it val_acc/,
      );
    expect(await mistakes(spaced)).toContain('error[config.metric-name]');
    const list = spaced.replace(/objective: (.*)/, 'objectives: [{ metric: loss, direction: minimize }, $1]');
    expect(await mistakes(list)).toMatch(/sweep.yaml:2:6\d error\[config.metric-name\]/);
    const one = spaced.replace('memory_mb <= 8000', 'hpo.max_rss_mb <= 80');
    expect((await load(`metrics: { format: last-number }${one}`)).spec.objectives[0]?.metric).toBe('val acc');
  });

  it('refuses a list of names without a metric that the sweep needs', async () => {
    expect(await mistakes(`metrics: { format: jsonl, names: [acc] }${REST}`)).toMatch(
      /config.metric-names\]: expected all metrics .* without loss, memory_mb\n {2}fix: names: \[acc, loss, memory_mb\]/,
    );
    const measured = REST.replace('metric: loss', 'metric: hpo.cpu_s');
    const { spec } = await load(`metrics: { format: jsonl, names: [memory_mb] }${measured}`);
    expect(spec.trainer.metrics?.names).toEqual(['memory_mb']);
  });

  it('knows what hpo measures', async () => {
    const text = (metric: string) => `${REST.replace('metric: loss', `metric: ${metric}`)}`;
    expect(await mistakes(text('hpo.durations'))).toMatch(/unknown-run-metric.*did you mean hpo.duration_s/s);
    expect((await load(text('hpo.cpu_s'))).spec.objectives[0]?.metric).toBe('hpo.cpu_s');
  });

  it('shows what is wrong with it', async () => {
    expect(await mistakes(`metrics: { format: katip }${REST}`)).toMatch(/1:20 error.*katib.*got.*katip/s);
    expect(await mistakes(`metrics: { format: regex }${REST}`)).toContain(
      'sweep.yaml:1:20 error[config.metric-pattern]: expected a pattern with the format regex',
    );
    expect(await mistakes(`metrics: { format: guild, pattern: "(?<a>.)" }${REST}`)).toContain(
      'expected no pattern with the format guild',
    );
    expect(await mistakes(`metrics: { format: regex, pattern: "loss=(.*)" }${REST}`)).toContain(
      'expected a regular expression with named groups: no group has a name',
    );
    expect(await mistakes(`metrics: { format: regex, pattern: "(?<loss>(a+)+)$" }${REST}`)).toContain(
      'a repeated group holds a repetition',
    );
    expect(await mistakes(`metrics: { format: katib, names: [loss, val/acc] }${REST}`)).toMatch(
      /1:20 error\[config.metric-names\]: .* got val\/acc\n.*before: acc/s,
    );
    expect(await mistakes(`metrics: { format: regex, pattern: "(?<loss>" }${REST}`)).toContain(
      'sweep.yaml:1:36 error',
    );
  });
});

describe('metrics.pattern', () => {
  const text = (metric: string, pattern: string) =>
    `metrics: { format: regex, pattern: '${pattern}' }${REST.replace('metric: loss', `metric: ${metric}`).replace('memory_mb', 'hpo.max_rss_mb')}`;

  it('has a group for each metric of an objective or a constraint, or the groups name and value', async () => {
    expect(await mistakes(text('val_los', '(?<val_loss>\\S+) (?<acc>\\S+)'))).toMatch(
      /metric-group\]: expected a group with the name of the metric val_los, got val_loss, acc\n.*did you mean the metric val_loss/s,
    );
    expect(await mistakes(text('bytes', '(?<epoch>\\d+) (?<size>\\d+)'))).toMatch(
      /\(\?<bytes>\.\.\.\).*the metric size/,
    );
    expect(await mistakes(text('val/loss', '(?<epoch>\\d+) (?<loss>\\d+) (?<acc>\\d+)'))).toMatch(
      /use the groups name and value/,
    );
    expect(await mistakes(`metrics: { format: regex, pattern: '(?<loss>\\d+)' }${REST}`)).toMatch(
      /the metric memory_mb/,
    );
    for (const [metric, pattern] of [
      ['loss', '(?<loss>\\d+)'],
      ['val/loss', '(?<name>\\S+)=(?<value>\\S+)'],
      ['hpo.cpu_s', '(?<loss>\\d+)'],
    ] as const)
      expect((await load(text(metric, pattern))).spec.trainer.metrics?.pattern).toBe(pattern);
  });
});

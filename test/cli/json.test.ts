import type { Command } from 'commander';
import { beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { makeProgram } from '../../src/cli/program.js';
import { CONTROLS } from '../../src/control/registry.js';
import { jsonSchema, SCHEMAS, schemaId, schemaNames, WITHOUT_JSON } from '../../src/schemas/registry.js';
import { SCHEMA_VERSIONS, type SchemaName } from '../../src/schemas/versions.js';
import { makeProject, runHere, spawnHpo, sweepFile, until, useProject } from '../support/cli.js';

/** Fails, is pruned or is complete by its parameter, and reports a curve. */
const TRAINER = `case $1 in x=9) exit 3;; esac
x=\${1#x=}
for step in 1 2; do echo "METRIC epoch=$step loss=$x.$step size=$x"; done
`;
const SWEEP = {
  trainer: { command: ['sh', 'train.sh', '${overrides}'] },
  parameters: { x: [1, 2, 3, 4, 9] },
  constraints: ['size <= 3'],
  trials: 6,
};
const TWO = {
  ...SWEEP,
  study: 'two',
  objective: undefined,
  objectives: [
    { metric: 'loss', direction: 'minimize' },
    { metric: 'size', direction: 'maximize' },
  ],
};
const cwd = useProject({
  'train.sh': TRAINER,
  'cfg/sweep.yaml': sweepFile(SWEEP),
  'cfg/two.yaml': sweepFile(TWO),
  'cfg/asked.yaml': sweepFile({ ...SWEEP, study: 'asked', parameters: { x: [1, 2, 3, 4, 5, 6] } }),
  'cfg/bad.yaml': 'study: [\n',
  'cfg/wrong.yaml': sweepFile({ sampler: 'none-such', trials: -1 }),
  'results.csv': 'a,loss\n1,2\n2,x\n3,1\n',
  'log.jsonl': '{"run":1,"metric":3,"status":"keep"}\n{"run":2,"metric":2,"status":"crash"}\n',
  'wandb.yaml':
    'program: train.py\nmethod: random\nmetric: {name: loss, goal: minimize}\nparameters: {lr: {min: 0, max: 1}}\n',
  'fresh/empty.txt': '',
});

/** Reads what a command printed as the documents of a schema. Nothing but them is on stdout, and each member is written down. */
function read(name: SchemaName, stdout: string): unknown {
  const printed = JSON.parse(stdout) as unknown;
  const documents = (Array.isArray(printed) ? printed : [printed]) as Record<string, unknown>[];
  for (const { schema, ...rest } of documents) {
    expect(schema).toBe(schemaId(name));
    const { error } = SCHEMAS[name].schema.safeParse(rest);
    expect(error === undefined ? '' : `${name}: ${z.prettifyError(error)}`).toBe('');
  }
  if (Array.isArray(printed) && name !== 'ask') expect(SCHEMAS[name].isList).toBe(true);
  if (!Array.isArray(printed)) expect(SCHEMAS[name].isList).toBe(false);
  return printed;
}

type Case = readonly [line: string, name: SchemaName, code?: number];

/** In this order. */
const CASES: readonly Case[] = [
  ['optimize --dry-run', 'plan'],
  ['optimize', 'optimize'],
  ['optimize --sweep cfg/two.yaml', 'optimize'],
  ['tune --minimize loss --name tuned --trials 2 --devices cpu --dry-run -- sh train.sh x={x:1,2,3}', 'plan'],
  ['tune --minimize loss --name tuned --trials 2 --devices cpu -- sh train.sh x={x:1,2,3}', 'optimize'],
  ['study create --name made', 'study-create'],
  ['study list', 'study-list'],
  ['study show s', 'study-show'],
  ['study copy s --to sqlite:copy.db', 'study-copy'],
  ['study check', 'storage-check'],
  ['storage check', 'storage-check'],
  ['best --study s', 'best'],
  ['best --study s --metric size', 'best'],
  ['best --study two', 'front'],
  ['trials --study s', 'trials'],
  ['trials --study two --state fail', 'trials'],
  ['show 0 --study s', 'show'],
  ['show 4 --study s', 'show'],
  ['logs 0 --study s', 'logs'],
  ['workers --study s', 'workers'],
  ...['history', 'slice', 'curves', 'parallel', 'importance', 'timeline', 'contour'].map(
    (kind): Case => [`plot ${kind} --study s`, 'plot'],
  ),
  ['plot pareto --study two', 'plot'],
  ['importance --study s', 'importance'],
  ['compare s tuned', 'compare'],
  ['compare --trials 0 1 --study s', 'compare-trials'],
  ['summary --study s', 'summary'],
  ['summary --study two', 'summary'],
  ['export-csv --study s --out table.csv', 'export-csv'],
  ['dashboard --study s --out report.html', 'dashboard-file'],
  ['note 0 good --tag x --study s', 'note'],
  ['note 0 --study s', 'note'],
  ['note study second --study s', 'note'],
  ['hide 1 --study s', 'hide'],
  ['retry --failed --study s', 'retry'],
  ['pause --study s', 'pause'],
  ['set trials=20 timeout=none --study s', 'set'],
  ['study show s', 'study-show'],
  ['resume --study s', 'resume'],
  ['ask --sweep cfg/asked.yaml', 'ask'],
  ['ask -n 2 --sweep cfg/asked.yaml', 'ask'],
  ['report 0 --step 1 loss=0.5 --study asked', 'report'],
  ['report 0 size=1 --study asked', 'report'],
  ['tell 0 0.5 --study asked', 'tell'],
  ['tell 1 --state fail --study asked', 'tell'],
  ['enqueue x=6 --study asked', 'enqueue'],
  ['ask -n 9 --sweep cfg/asked.yaml', 'ask'],
  ['ask --sweep cfg/asked.yaml', 'exhausted', 1],
  ['import results.csv --params a --metric loss --study imported', 'import'],
  ['import log.jsonl', 'import'],
  ['import wandb.yaml --out -', 'import-sweep'],
  ['import wandb.yaml --out cfg/wandb.yaml', 'import-sweep'],
  ['study delete made --yes', 'study-delete'],
  ['doctor', 'doctor'],
  ['schema', 'schema'],
];
/** Cases that are tests of their own. */
const ELSEWHERE: Readonly<Record<string, readonly SchemaName[]>> = {
  'hpo init': ['init'],
  'hpo stop': ['stop'],
  'hpo dashboard': ['dashboard', 'error'],
};

const leaves = (command: Command, path: string): { path: string; command: Command }[] =>
  command.commands.length === 0
    ? [{ path, command }]
    : command.commands.flatMap((each) => leaves(each, `${path} ${each.name()}`));
const commands = leaves(makeProgram(), 'hpo').filter(({ path }) => path !== 'hpo help');
const withJson = commands.filter(({ path }) => !(path in WITHOUT_JSON));

describe('what --json prints', () => {
  beforeAll(() => {
    delete process.env.FORCE_COLOR;
  });

  const cases = CASES.map(([line, name, code = 0]) => ({ line, name, code }));
  test.each(cases)('hpo $line is a document of $name', async ({ line, name, code }) => {
    const words = line.split(' ');
    const at = words.indexOf('--') < 0 ? words.length : words.indexOf('--');
    const ran = await runHere([...words.slice(0, at), '--json', ...words.slice(at)], { cwd });
    expect([ran.code, ran.code === code ? '' : ran.stderr]).toEqual([code, '']);
    read(name, ran.stdout);
  });

  test('hpo stop prints what happened to the trial', async () => {
    const { stdout } = await runHere(['trials', '--state', 'queued', '--study', 's', '--json'], { cwd });
    const [{ number } = { number: -1 }] = JSON.parse(stdout) as { number: number }[];
    read('stop', (await runHere(['stop', String(number), '--study', 's', '--json'], { cwd })).stdout);
  });

  test('hpo init prints what it wrote, and the rest on stderr', async () => {
    const { stdout, stderr } = await runHere(['init', '--node', '--json'], { cwd: `${cwd}/fresh` });
    expect(read('init', stdout)).toMatchObject({ written: ['train.mjs', 'cfg/sweep.yaml'] });
    expect(stderr).toContain('next: hpo optimize');
    const script = makeProject({ 'train.mjs': "console.log('METRIC loss=' + process.argv.length); // --lr" });
    const ran = await runHere(['init', 'train.mjs', '--json'], { cwd: script });
    expect(read('init', ran.stdout)).toMatchObject({
      written: ['cfg/sweep.yaml'],
      metrics: [{ name: 'loss', direction: 'minimize' }],
    });
  });

  test('hpo dashboard prints its page before it serves', async () => {
    const running = spawnHpo(['dashboard', '--port', '0', '--json'], { cwd });
    await until(() => running.stdout.includes('\n'));
    running.kill('SIGTERM');
    const { stdout } = await running.ended;
    read('dashboard', stdout);
  });

  test('every command prints JSON, or the page says why it does not', () => {
    const without = commands.filter(({ command }) => !command.options.some(({ long }) => long === '--json'));
    expect(without.map(({ path }) => path).filter((path) => !(path in WITHOUT_JSON))).toEqual([]);
    const tested = new Set(CASES.map(([line]) => `hpo ${line}`));
    const isTested = (path: string) =>
      path in ELSEWHERE || [...tested].some((line) => line.startsWith(`${path} `) || line === path);
    expect(withJson.map(({ path }) => path).filter((path) => !isTested(path))).toEqual([]);
  });

  test('every schema is tested, and every control has one', () => {
    const tested = new Set([...CASES.map(([, name]) => name), ...Object.values(ELSEWHERE).flat()]);
    expect(schemaNames().filter((name) => !tested.has(name))).toEqual([]);
    expect(
      Object.values(CONTROLS)
        .map(({ name }) => name)
        .filter((name) => !(name in SCHEMA_VERSIONS)),
    ).toEqual([]);
  });
});

describe('an error with --json', () => {
  test.each(withJson.filter(({ path }) => path !== 'hpo study copy'))(
    'of $path is a document on stdout, and text on stderr',
    async ({ path }) => {
      const { code, stdout, stderr } = await runHere(
        [...path.split(' ').slice(1), '--json', '--no-such-flag'],
        { cwd },
      );
      expect([code, read('error', stdout)]).toEqual([
        2,
        {
          schema: 'hpo.error/1',
          exit: 2,
          errors: [expect.objectContaining({ code: 'usage.unknown-option', fix: null })],
        },
      ]);
      expect(stderr).toContain('--no-such-flag');
    },
  );

  test.each([
    ['best --study none', 2, ['study.not-found']],
    ['show 99 --study s', 2, ['trial.not-found']],
    ['set trials=none-such --study s', 2, ['set.bad-value']],
    ['show x --study s', 2, ['usage.argument', 'usage.invalid-argument']],
    ['optimize --sweep cfg/bad.yaml', 2, ['config.yaml-syntax', 'config.yaml', 'config.syntax']],
    ['tell 0 1 --study asked', 2, ['trial.finished']],
  ])('hpo %s exits %i with its code', async (line, exit, codes) => {
    const { code, stdout, stderr } = await runHere([...line.split(' '), '--json'], { cwd });
    const { errors } = read('error', stdout) as { errors: { code: string; fix: string | null }[] };
    expect(code).toBe(exit);
    expect(codes).toContain(errors[0]?.code);
    expect(stderr).toContain('error');
  });

  test('several mistakes of a file come together, with their places', async () => {
    const { stdout } = await runHere(['optimize', '--sweep', 'cfg/wrong.yaml', '--json'], { cwd });
    const { errors } = read('error', stdout) as { errors: { place: object }[] };
    expect(errors.length).toBeGreaterThan(1);
    expect(errors[0]?.place).toMatchObject({ file: 'cfg/wrong.yaml', line: 1 });
  });

  test('words of another program do not ask for JSON', async () => {
    const { stdout } = await runHere(['tune', '--minimize', 'a b', '--', 'true', '{x:1..2}', '--json'], {
      cwd,
    });
    expect(stdout).toBe('');
  });
});

test('hpo schema prints a JSON Schema that the documents fit, and that allows more members', async () => {
  const { stdout } = await runHere(['schema', 'best'], { cwd });
  const schema = JSON.parse(stdout) as Record<string, unknown>;
  expect(schema).toEqual(JSON.parse(JSON.stringify(jsonSchema('best'))));
  expect(schema).toMatchObject({
    title: 'hpo.best/1',
    type: 'object',
    required: expect.arrayContaining(['schema', 'value']),
  });
  expect(stdout).not.toContain('additionalProperties": false');
  const fromSchema = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  const best = JSON.parse((await runHere(['best', '--study', 's', '--json'], { cwd })).stdout) as object[];
  expect(fromSchema.safeParse({ ...best[0], more: 1 }).success).toBe(true);
  expect(fromSchema.safeParse({ ...best[0], value: null }).success).toBe(false);
});

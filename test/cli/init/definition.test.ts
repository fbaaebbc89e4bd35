import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { findDefinition } from '../../../src/cli/init/definition.js';
import { makePlan } from '../../../src/cli/init/plan.js';
import { scriptCommand } from '../../../src/cli/init/script-command.js';
import { makeProject } from '../../support/cli.js';
import { describeWithReal, REAL } from '../../support/real-part.js';

/** Returns how the definition was found and what a sweep would run, without the interpreter. */
async function planOf(files: Readonly<Record<string, string>>, script: string, ...words: string[]) {
  const folder = makeProject();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const command = scriptCommand([join(folder, script), ...words]);
  const definition = await findDefinition(command);
  const plan = makePlan(command, definition);
  const after = (argv: readonly string[]) => argv.slice(command.program.length);
  return {
    kind: definition.kind,
    problem: definition.problem,
    command: after(plan.command),
    shortRun: after(plan.shortRun),
    parameters: Object.fromEntries(plan.proposals.map(({ option, parameter }) => [option.name, parameter])),
    conditions: Object.fromEntries(
      plan.proposals.flatMap(({ option }) => (option.when ? [[option.name, option.when]] : [])),
    ),
    missing: plan.missing.map(({ flag, name }) => flag || name),
  };
}

const WORK = 'raise SystemExit("the work began")\n';

describeWithReal('python', 'a Python script', () => {
  test('with argparse is recorded before it works: types, defaults, choices, switches', async () => {
    const plan = await planOf(
      {
        'train.py': `import argparse
p = argparse.ArgumentParser()
p.add_argument('--learning-rate', '-l', type=float, default=0.01)
p.add_argument('--opt', choices=['sgd', 'adam'], default='sgd')
p.add_argument('--amp', action='store_true')
p.add_argument('--epochs', type=int, default=10)
p.add_argument('--seed', type=int, default=0)
p.add_argument('--out', default='runs')
p.set_defaults(learning_rate=0.1)
p.parse_args()
${WORK}`,
      },
      'train.py',
    );
    expect(plan).toMatchObject({
      kind: 'argparse',
      problem: null,
      command: ['--learning-rate=${learning_rate}', '--opt=${opt}', '--seed=${seed}'],
      shortRun: ['--epochs=2'],
      parameters: { learning_rate: { min: 0.01, max: 1, log: true }, opt: { values: ['sgd', 'adam'] } },
    });
  });

  test('with commands is run with the one that trains, or the one that is given', async () => {
    const script = `import argparse
p = argparse.ArgumentParser()
p.add_argument('--gamma', type=float, default=0.9)
s = p.add_subparsers(required=True)
t = s.add_parser('train')
t.add_argument('--lr', type=float, required=True)
e = s.add_parser('test')
e.add_argument('--alpha', type=float, default=0.2)
p.parse_args()
${WORK}`;
    expect(await planOf({ 'a.py': script }, 'a.py')).toMatchObject({
      command: ['--gamma=${gamma}', 'train', '--lr=${lr}'],
      shortRun: ['train', '--lr=0.00001'],
    });
    expect((await planOf({ 'a.py': script }, 'a.py', 'test')).command).toEqual([
      '--gamma=${gamma}',
      'test',
      '--alpha=${alpha}',
    ]);
  });

  test('that cannot start here is read as text, and its problem is shown', async () => {
    const plan = await planOf(
      {
        'train.py': `import a_package_that_nobody_has
import argparse
p = argparse.ArgumentParser()
p.add_argument('--lr', type=float, default=0.01)
p.add_argument('--data', required=True)
`,
      },
      'train.py',
    );
    expect(plan).toMatchObject({ kind: 'argparse', command: ['--lr=${lr}'], missing: ['--data'] });
    expect(plan.problem).toContain('a_package_that_nobody_has');
  });

  test('without options is not started: with --help it would do its work', async () => {
    const marker = join(makeProject(), 'ran');
    const plan = await planOf({ 'train.py': `LR = 0.1\nopen(${JSON.stringify(marker)}, 'w')\n` }, 'train.py');
    expect([plan.kind, plan.problem]).toEqual(['none', null]);
    const { existsSync } = await import('node:fs');
    expect(existsSync(marker)).toBe(false);
  });
});

describeWithReal('parsers', 'a script with a library for its options', () => {
  const withParsers = () => vi.stubEnv('PATH', `${REAL.parsers}:${process.env.PATH}`);

  test('click', async () => {
    withParsers();
    const plan = await planOf(
      {
        'train.py': `import click
@click.command()
@click.option('--lr', default=0.01)
@click.option('--opt', type=click.Choice(['sgd', 'adam']), default='adam')
@click.option('--layers', type=click.IntRange(1, 3), default=2)
@click.option('--shuffle/--no-shuffle', default=True)
@click.option('--epochs', default=3)
def main(**options):
    ${WORK}
main()
`,
      },
      'train.py',
    );
    expect(plan).toMatchObject({
      kind: 'click',
      command: ['--lr=${lr}', '--opt=${opt}', '--layers=${layers}'],
      shortRun: ['--epochs=2'],
      parameters: { layers: { min: 1, max: 3, int: true }, opt: { values: ['sgd', 'adam'] } },
    });
  });

  test('typer', async () => {
    withParsers();
    const plan = await planOf(
      {
        'train.py': `import enum, typer
class Opt(str, enum.Enum):
    sgd = 'sgd'
    adam = 'adam'
def main(learning_rate: float = 0.001, opt: Opt = Opt.adam, hidden: int = typer.Option(32, max=48), verbose: bool = False):
    ${WORK}
typer.run(main)
`,
      },
      'train.py',
    );
    expect(plan).toMatchObject({
      kind: 'typer',
      command: ['--learning-rate=${learning_rate}', '--opt=${opt}', '--hidden=${hidden}'],
      parameters: { hidden: { min: 8, max: 48, int: true }, opt: { values: ['sgd', 'adam'] } },
    });
  });

  test('absl', async () => {
    withParsers();
    const plan = await planOf(
      {
        'train.py': `from absl import app, flags
flags.DEFINE_float('learning_rate', 0.1, 'rate', upper_bound=0.5)
flags.DEFINE_enum('optimizer', 'adam', ['adam', 'sgd'], 'opt')
flags.DEFINE_boolean('shuffle', True, 's')
flags.DEFINE_integer('num_epochs', 5, 'e')
def main(_):
    ${WORK}
app.run(main)
`,
      },
      'train.py',
    );
    expect(plan).toMatchObject({
      kind: 'absl',
      command: ['--learning_rate=${learning_rate}', '--optimizer=${optimizer}'],
      shortRun: ['--num_epochs=2'],
      parameters: { learning_rate: { min: 0.01, max: 0.5, log: true } },
    });
  });

  const HYDRA = {
    'train.py': `import hydra
@hydra.main(version_base=None, config_path='conf', config_name='config')
def main(cfg):
    ${WORK}
main()
`,
    'conf/config.yaml':
      'defaults:\n  - _self_\n  - optimizer: adam\nepochs: 3\nseed: 1\ndata: {path: x}\nname: run-${seed}\n',
    'conf/optimizer/adam.yaml': 'lr: 0.001\n',
    'conf/optimizer/sgd.yaml': 'lr: 0.1\nmomentum: 0.9\n',
  };
  const HYDRA_PLAN = {
    kind: 'hydra',
    command: [
      'optimizer=${optimizer}',
      'seed=${seed}',
      'optimizer.lr=${optimizer.lr}',
      'optimizer.momentum=${optimizer.momentum}',
      "hydra.run.dir='${trial_dir}'",
    ],
    shortRun: ['epochs=2', "hydra.run.dir='${trial_dir}'"],
    parameters: {
      optimizer: { values: ['adam', 'sgd'] },
      'optimizer.lr': { min: 0.0001, max: 0.01, log: true },
    },
    conditions: { 'optimizer.momentum': { name: 'optimizer', values: ['sgd'] } },
  };

  test('Hydra: what only some files of a group have depends on the group', async () => {
    withParsers();
    const plan = await planOf(HYDRA, 'train.py');
    expect({ ...plan, command: plan.command.toSorted() }).toMatchObject({
      ...HYDRA_PLAN,
      command: HYDRA_PLAN.command.toSorted(),
    });
  });
});

describe('a Node script', () => {
  test('with parseArgs is recorded before it works; numbers come from the code that reads the texts', async () => {
    const plan = await planOf(
      {
        'train.mjs': `import { parseArgs } from 'node:util';
const { values } = parseArgs({ options: { lr: { type: 'string', default: '0.01' }, dropout: { type: 'string' },
  opt: { type: 'string', default: 'sgd' }, epochs: { type: 'string', default: '3' }, fast: { type: 'boolean' } } });
const dropout = Number(values.dropout ?? 0.3);
if (values.opt === 'adam') console.log('the work began');
`,
      },
      'train.mjs',
    );
    expect(plan).toMatchObject({
      kind: 'node',
      command: ['--lr=${lr}', '--dropout=${dropout}', '--opt=${opt}'],
      shortRun: ['--epochs=2'],
      parameters: { opt: { values: ['sgd', 'adam'] }, dropout: { min: 0, max: 0.5 } },
    });
  });
});

test('a command that is nowhere is a mistake', () => {
  expect(() => scriptCommand(['nowhere.py'])).toThrow(/expected a script or a program, got nowhere.py/);
});

test("a command's own words stay, and its options come after the script", () => {
  const folder = makeProject();
  writeFileSync(join(folder, 'a.py'), '');
  const { program, words } = scriptCommand(['node', join(folder, 'a.py'), '--data', 'x']);
  expect([program.length, words]).toEqual([2, ['--data', 'x']]);
});

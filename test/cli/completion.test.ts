import { spawnSync } from 'node:child_process';
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandGroups } from '../../src/cli/commands/index.js';
import { completionScript, type Shell } from '../../src/cli/completion/shells.js';
import { nodesOf } from '../../src/cli/completion/tree.js';
import { makeProgram } from '../../src/cli/program.js';
import { hpo, makeProject, runHere } from '../support/cli.js';
import { describeWithReal } from '../support/real-part.js';

const nodes = nodesOf(makeProgram());

/** Runs a script of a shell in an empty folder. */
function run(shell: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(shell, args, {
    cwd,
    encoding: 'utf8',
    env: { ...process.env, HOME: cwd },
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return stdout;
}

/** What a shell offers for a line, the last word being the one that is typed. */
type Complete = (cwd: string, script: string, ...words: readonly string[]) => string[];

const bash: Complete = (cwd, script, ...words) => {
  const line = ['hpo', ...words].map((word) => `'${word}'`).join(' ');
  const ask = `source ${script}; COMP_WORDS=(${line}); COMP_CWORD=${words.length}; _hpo; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return run('bash', ['--norc', '-c', ask], cwd).split('\n').filter(Boolean);
};

/** compadd in place of zsh's own prints what it is given: the words alone, since _describe hands them over so. */
const zsh: Complete = (cwd, script, ...words) => {
  const ask = `compdef() { }; _files() { }; _describe() { for each in \${(P)2}; do print -r -- \${each%%:*}; done }
source ${script}; words=(hpo ${words.map((word) => `'${word}'`).join(' ')}); CURRENT=${words.length + 1}; _hpo`;
  const typed = words.at(-1) ?? '';
  return run('zsh', ['-f', '-c', ask], cwd)
    .split('\n')
    .filter((word) => word !== '' && word.startsWith(typed));
};

const fish: Complete = (cwd, script, ...words) =>
  run('fish', ['--no-config', '-c', `source ${script}; complete -C '${['hpo', ...words].join(' ')}'`], cwd)
    .split('\n')
    .map((line) => line.split('\t')[0] ?? '')
    .filter((word) => word !== '' && !word.endsWith('/'));

function holds(shell: Shell, complete: Complete): void {
  const ready = () => {
    const cwd = makeProject();
    writeFileSync(join(cwd, 'script'), completionScript(shell, nodes));
    return (...words: string[]) => complete(cwd, './script', ...words);
  };

  test('completes commands, and commands of commands', () => {
    const ask = ready();
    expect(ask('opt')).toEqual(['optimize']);
    expect(ask('study', 'cr')).toEqual(['create']);
    for (const { word } of nodes[0]?.commands ?? []) expect(ask(word)).toContain(word);
  });

  test('completes the options of the command, also after others', () => {
    const ask = ready();
    // fish offers what holds the letters as well.
    expect(ask('best', '--to')[0]).toBe('--top');
    expect(ask('optimize', '--trials', '3', '--dry')).toEqual(['--dry-run']);
    expect(ask('best', '--dry')).toEqual([]);
  });

  test('completes the values that an option or an argument knows', () => {
    const ask = ready();
    expect(ask('tell', '--state', 'pr')).toEqual(['pruned']);
    expect(ask('plot', 'sl')).toEqual(['slice']);
  });
}

describeWithReal('bash', 'hpo completion bash', () => holds('bash', bash));
/** As `fpath` finds it: the first Tab loads the file and asks it at once. */
const autoloaded: Complete = (cwd, script, ...words) => {
  const loader = join(cwd, 'load');
  renameSync(join(cwd, script), join(cwd, '_hpo'));
  writeFileSync(loader, 'fpath=(. $fpath); autoload -Uz _hpo\n');
  const found = zsh(cwd, loader, ...words);
  renameSync(join(cwd, '_hpo'), join(cwd, script));
  return found;
};

describeWithReal('zsh', 'hpo completion zsh', () => holds('zsh', zsh));
describeWithReal('zsh', 'hpo completion zsh in fpath', () => holds('zsh', autoloaded));
describeWithReal('fish', 'hpo completion fish', () => holds('fish', fish));

test('hpo completion prints the script, and refuses other shells', async () => {
  const cwd = makeProject();
  expect(await hpo(cwd, 'completion', 'fish')).toBe(completionScript('fish', nodes));
  expect((await runHere(['completion', 'tcsh'], { cwd })).code).toBe(2);
});

test('what it says of an option is whole', () => {
  const abouts = nodes.flatMap(({ commands: inner, options }) => [...inner, ...options]).map((w) => w.about);
  for (const about of abouts) expect(about.split('(').length, about).toBe(about.split(')').length);
});

test('every command is among them', () => {
  expect(nodes[0]?.commands.length).toBe(commandGroups.flatMap(({ register }) => register).length);
});

import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseWords } from '../../../src/cli/tune/words.js';
import { HpoError } from '../../../src/core/errors.js';
import { expandCommand } from '../../../src/executors/local/placeholders.js';

const parsed = (...words: string[]) => {
  const { command, parameters } = parseWords(words);
  return { command, parameters: Object.fromEntries(parameters) };
};

describe('a placeholder', () => {
  it.each([
    ['{x:0.1..5e-1}', { min: 0.1, max: 0.5 }],
    ['{x:-1..1}', { min: -1, max: 1 }],
    ['{x:.5..1:0.25}', { min: 0.5, max: 1, step: 0.25 }],
    ['{x:log:1e-5..0.1}', { min: 1e-5, max: 0.1, log: true }],
    ['{x:int:1..8:2}', { min: 1, max: 8, int: true, step: 2 }],
    ['{x:int:log:1..64}', { min: 1, max: 64, log: true, int: true }],
    ['{x:log:int:1..64}', { min: 1, max: 64, log: true, int: true }],
    ['{x:sgd/adam}', ['sgd', 'adam']],
    ['{x:a/b|c,d}', ['a/b', 'c,d']],
    ['{x:a/b,c/d}', ['a/b', 'c/d']],
    ['{x:1/2.5/007/1e3/-}', [1, 2.5, '007', '1e3', '-']],
    ['{x:http://a|b}', ['http://a', 'b']],
    ['{x:|-k}', ['', '-k']],
  ])('%s is a parameter', (word, parameter) => {
    expect(parsed('t', `--a=${word}`)).toEqual({ command: ['t', '--a=${x}'], parameters: { x: parameter } });
  });

  it('may stand several times in a word, and be mentioned again', () => {
    expect(parsed('{a:1..2}-{b:3..4}', '{a}', '{c}')).toMatchObject({
      command: ['${a}-${b}', '${a}', '{c}'],
    });
    expect(parsed('{a:1..2}', '{a:1..2}').command).toEqual(['${a}', '${a}']);
  });

  it('leaves every other brace alone, and takes doubled ones for the text itself', () => {
    const others = [
      ...['{', '}', '{}', '{print $1}', '{"a": 1}', '{{ x }}', '${trial_dir}/{1..2}'],
      ...['{a: .b, c: .d}', '{x: 1..2}'],
    ];
    expect(parsed('{x:1..2}', ...others).command).toEqual(['${x}', ...others]);
    expect(parsed('{x:1..2}', '{{y:1..2}}').command).toEqual(['${x}', '{y:1..2}']);
  });

  it.each([
    ['--lr={lr:log:x}', 'expected a range', 13],
    ['--lr={lr:log:0..1}', 'above 0 with log', 13],
    ['--lr={lr:2..1}', 'expected a number above 2', 12],
    ['--n={n:int:1..2.5}', 'whole number', 14],
    ['--n={n:int:1..5:0.5}', 'whole number', 16],
    ['--n={n:log:1..5:2}', 'no step with log', 16],
    ['--o={o:a//b}', 'expected a choice', 9],
    ['--o={o:a/b/a}', 'given twice', 11],
    ['--o={o:a}', 'expected {name:LOW', 7],
    ['--o={o:1..2', 'closing }', 11],
    ['--seed={seed:1..2}', 'another name', 8],
  ])('%s shows the place of the mistake', (word, message, at) => {
    const error = errorOf(() => parseWords(['t', word]));
    expect(error.message).toContain(message);
    expect(error.message.split('\n').slice(-2)).toEqual([`  ${word}`, `  ${' '.repeat(at)}^`]);
    expect(error.usage).toBe(true);
  });

  it('does not mean two things', () => {
    expect(errorOf(() => parseWords(['{a:1..2}', '{a:1..3}'])).message).toContain('described twice');
  });

  it('fills any command as it was typed, whatever else it holds', () => {
    const text = fc
      .string()
      .filter((each) => !each.includes('{') && !each.includes('}') && !each.endsWith('$'));
    fc.assert(
      fc.property(text, text, fc.string({ minLength: 1 }), (before, end, value) => {
        const { command } = parseWords(['t', `${before}{p:1..2}${end}`]);
        const values = {
          params: { p: value },
          seed: 1,
          configFile: '',
          paramsFile: '',
          trialDir: '',
          targetStep: null,
        };
        expect(expandCommand(command, values, ['p'])).toEqual(['t', `${before}${value}${end}`]);
      }),
    );
  });
});

describe('a command line that cannot be meant', () => {
  it.each([
    [['gzip', '-{level}', 'a'], '{level} says no values: {level:LOW..HIGH}'],
    [['./mm --block={b:1..20}'], 'leave out the quotes'],
    [['A={x:1..2}', './mm'], '-- env A={x:1..2} ...'],
    [['t', '{s:64K..1M}'], 'write the unit behind the braces: {name:64..1}M'],
    [['t', '{k:/-k}'], "separate by |, quoted: '{k:|-k}'"],
    [['t', '{lr:0..1}', '--opt=opt:sgd', '--opt=adam'], 'separate choices by a slash'],
  ])('%j has its fix', (words, fix) => {
    const error = errorOf(() => parseWords(words));
    expect(error.usage).toBe(true);
    expect(error.fix).toContain(fix);
  });

  it.each([
    [['docker', 'run', '-v', 'a:/b', '-v', 'c:/d', '{x:1..2}']],
    [['t', '--volume=a:b', '--volume=c:d', '{x:1..2}']],
    [['t', '-p8080:80', '-q', '{x:1..2}']],
    [['t', '--url=http://a', '--url=b', '{x:1..2}']],
  ])('%j is left alone', (words) => {
    expect(parseWords(words).command).toEqual([...words.slice(0, -1), '${x}']);
  });
});

describe.each(['sh', 'bash', 'zsh', 'fish'])('in %s', (shell) => {
  const seen = (line: string) =>
    execFileSync(shell, ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' })
      .trimEnd()
      .split('\n');
  const has = () => {
    try {
      return seen('x')[0] === 'x';
    } catch {
      return false;
    }
  };

  it.runIf(has())('placeholders need no quotes, those with | and commas do', () => {
    const words = ['--lr={lr:log:1e-5..0.1}', '{n:int:1..4:2}', '--o={o:sgd/adam}', '-x{x:0.1..0.5}', '{x}'];
    expect(seen(words.join(' '))).toEqual(words);
    const quoted = ['{o:a|b}', '{o:a,b}', '${trial_dir}/x', '{{x:1..2}}'];
    expect(seen(quoted.map((word) => `'${word}'`).join(' '))).toEqual(quoted);
  });

  it.runIf(has() && shell !== 'sh')('unquoted commas are noticed', () => {
    const error = errorOf(() => parseWords(seen('t --o={o:sgd,adam}')));
    expect(error.format()).toMatch(/--o=o:sgd: the shell has taken braces .*\{opt:sgd\/adam\}/s);
    const alone = errorOf(() => parseWords(seen('gcc {o:-O0,-O2} -c a.c')));
    expect(alone.format()).toContain('o:-O0 -O2: the shell has taken braces with commas apart');
    expect(alone.format()).toContain("or quote the word: '{opt:sgd,adam}'");
  });
});

function errorOf(run: () => unknown): HpoError {
  try {
    run();
  } catch (error) {
    if (error instanceof HpoError) return error;
    throw error;
  }
  throw new Error('expected an error');
}

import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSweep } from '../../src/config/load.js';
import { load, mistakes, own, withFiles } from './files.js';

const grid = (parameters: string) => own(`sampler: grid\nparameters: ${parameters}\n`);

describe('hostile YAML', () => {
  it('of ten thousand levels is refused at the first that is too deep, however it is written', async () => {
    const levels = 10_000;
    const deep: Readonly<Record<string, string>> = {
      lists: `parameters:\n  x: ${'['.repeat(levels)}${']'.repeat(levels)}`,
      'open lists': `parameters:\n  x: ${'['.repeat(levels)}`,
      mappings: `parameters:\n  x: ${'{a: '.repeat(levels)}`,
      dashes: `parameters:\n  x:\n    ${'- '.repeat(levels)}1`,
      indentation: Array.from({ length: 1000 }, (_, k) => `${' '.repeat(k)}a:`).join('\n'),
      keys: `${'? '.repeat(levels)}a`,
    };
    for (const [what, text] of Object.entries(deep)) {
      const said = await mistakes(text);
      expect([what, said.split('\n')[0]]).toEqual([
        what,
        expect.stringMatching(
          /^sweep\.yaml:\d+:\d+ error\[config\.syntax\]: expected at most 64 levels of nesting, got more$/,
        ),
      ]);
    }
    expect(await mistakes(deep.lists ?? '')).toContain('sweep.yaml:2:69 ');
  });

  it('of aliases that nest or multiply is refused in no time', async () => {
    const chain = Array.from({ length: 500 }, (_, k) => `k${k + 1}: &a${k + 1} [*a${k}]`).join('\n');
    expect(await mistakes(`k0: &a0 [1]\n${chain}`)).toContain(
      'sweep.yaml:64:12 error[config.syntax]: expected at most 64 levels of nesting, got more',
    );
    const bomb = Array.from({ length: 30 }, (_, k) => `k${k + 1}: &a${k + 1} [${`*a${k},`.repeat(9)}]`).join(
      '\n',
    );
    expect(await mistakes(`k0: &a0 [1]\n${bomb}`)).toContain('error[config.syntax]');
    const many = `x: &a [1]\ny: [${'*a,'.repeat(50_000)}]`;
    expect(await mistakes(many)).toContain('expected aliases that stand for at most 10000 values, got more');
  });

  it('with a number for each of which memory or time would be spent is refused with its place and the limit', async () => {
    const sampler = (options: string) => `sampler: {${options}}\nparameters: {x: {min: 0, max: 1}}`;
    for (const [line, most] of [
      ['max_concurrent: 1001', 1_000],
      ['slots_per_device: 1001', 1_000],
      ['gpus_per_trial: 1025', 1_024],
      ['repeats: 10001', 10_000],
      ['retries: 1001', 1_000],
    ] as const) {
      for (const text of [line, line.replace(/\d+/, '1e9')]) {
        expect(await mistakes(own(`parameters: {x: [1]}\n${text}`))).toMatch(
          new RegExp(`^sweep\\.yaml:4:\\d+ error\\[config\\..*: expected .*${most}`),
        );
      }
      expect(await load(own(`parameters: {x: [1]}\n${line.replace(/\d+/, String(most))}`))).toBeDefined();
    }
    for (const options of [
      'name: nsga2, population: 1e9',
      'name: cmaes, population: 1e9',
      'name: tpe, candidates: 1e9',
      'name: gp, startup_trials: 1e9',
    ]) {
      expect(await mistakes(own(sampler(options)))).toMatch(/^sweep\.yaml:3:\d+ error\[.*10000/);
    }
    expect(await mistakes(own(`parameters: {x: [1]}\nseeds: [${'1,'.repeat(10_001)}]`))).toContain('10000');
  });

  it('may use anchors as people do', async () => {
    const { spec } = await load(own('parameters: { a: &v [1, 2], b: *v }'));
    expect(spec.space.params.map(({ distribution }) => distribution)).toEqual(
      Array(2).fill(expect.objectContaining({ choices: [1, 2] })),
    );
  });

  it('has no merge keys, and says so', async () => {
    expect(await mistakes(own('parameters: { x: [1] }\n<<: { study: a }'))).toMatch(
      /^sweep\.yaml:4:1 error\[config\.unknown-key\]: .*got "<<"/,
    );
  });

  it('reaches no prototype, by whatever name', async () => {
    for (const name of ['__proto__', '"__proto__"', '? __proto__\n ', '!!str __proto__'])
      expect(await mistakes(`parameters: { x: [1] }\n${name}: { polluted: 1 }`)).toMatch(
        /sweep\.yaml:2:\d+ error\[config\.syntax\]: expected a key, got __proto__/,
      );
    expect(await mistakes('a: &p __proto__\n*p : { polluted: 1 }')).toContain(
      'expected a key, got __proto__',
    );
    expect(await mistakes('parameters: { x: [1] }\n? [a, b]\n: 1')).toContain(
      'expected a key, got a list or a mapping',
    );
    for (const name of ['constructor', 'prototype', 'toString', 'hasOwnProperty'])
      expect(await mistakes(`${name}: { polluted: 1 }\nparameters: { x: [1] }`)).toContain(
        'sweep.yaml:1:1 error[config.unknown-key]',
      );
    // In a run configuration that is not ours any key but that one is data.
    await load(own('parameters: { x: [1] }'), {
      'config.yaml': 'constructor: { prototype: { polluted: 1 } }',
    });
    expect(
      await mistakes(own('parameters: { x: [1] }'), { 'config.yaml': 'a: { __proto__: { polluted: 1 } }' }),
    ).toContain('config.yaml:1:6 error[config.syntax]');
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('shows control characters of a file as text', async () => {
    const said = await mistakes(own('parameters: { x: [1] }\n"\\e[2Jboo": 1'));
    expect(said).toContain('boo');
    expect(said).not.toContain('\u001b');
    expect(
      await mistakes(own('parameters: { x: [1] }'), { 'config.yaml': 'extends: "\\e]0;title\\a.yaml"' }),
    ).not.toContain('\u001b');
  });
});

describe('what is no text of a sweep', () => {
  it('is reported with the position of the first wrong byte', async () => {
    const text = Buffer.from(own('parameters: { x: [é] }\n'));
    expect(await mistakes(Buffer.concat([text, Buffer.from([0x61, 0])]))).toContain(
      'sweep.yaml:4:2 error[config.not-text]',
    );
    expect(await mistakes(Buffer.concat([text, Buffer.from('é: '), Buffer.from([0xc3, 0x28])]))).toContain(
      'sweep.yaml:4:4 error[config.not-text]',
    );
    // Cut in the middle of a character.
    expect(await mistakes(Buffer.concat([text, Buffer.from([0xe2, 0x82])]))).toContain(
      'sweep.yaml:4:1 error[config.not-text]',
    );
  });

  it('is not read when it is too large, or no file', async () => {
    expect(await mistakes(`${own('parameters: { x: [1] }')}#${'x'.repeat(1024 * 1024)}`)).toContain(
      'sweep.yaml error[config.too-large]',
    );
    const load = (sweepFile: string) => loadSweep({ sweepFile });
    await expect(load('/dev/zero')).rejects.toMatchObject({ code: 'config.unreadable', usage: true });
    await withFiles({}, async (folder) => {
      spawnSync('mkfifo', [join(folder, 'pipe.yaml')]);
      symlinkSync('loop.yaml', join(folder, 'loop.yaml'));
      for (const name of ['pipe.yaml', 'loop.yaml'])
        await expect(load(join(folder, name))).rejects.toMatchObject({
          code: 'config.unreadable',
          usage: true,
        });
    });
    await withFiles({ 'sweep.yaml': own('parameters: { x: [1] }') }, async (folder) => {
      mkdirSync(join(folder, 'config.yaml'));
      await expect(load(join(folder, 'sweep.yaml'))).rejects.toMatchObject({
        code: 'config.unreadable',
        usage: true,
      });
    });
  });
});

describe('values that would harm', () => {
  it('are refused where they stand', async () => {
    expect(
      await mistakes(own('parameters: { x: [1] }\nseeds: [1.5, -1, 1e300, "1"]')),
    ).toMatchInlineSnapshot(`
      "sweep.yaml:4:9 error[config.wrong-type]: expected a whole number, got the number 1.5
      sweep.yaml:4:14 error[config.bad-value]: expected a number at least 0, got the number -1
      sweep.yaml:4:18 error[config.bad-value]: expected a number at most 9007199254740991, got the number 1e+300
      sweep.yaml:4:25 error[config.wrong-type]: expected a number, got the text "1""
    `);
    expect(
      await mistakes(own('parameters: { x: { min: 0, max: 1, steps: 1000000000 } }')),
    ).toMatchInlineSnapshot(
      `"sweep.yaml:3:43 error[config.bad-value]: expected a number at most 1000000, got the number 1000000000"`,
    );
    expect(
      await mistakes(own('parameters: { x: [1] }\nlogging: { local: { csv: "a\\0b" } }')),
    ).toMatchInlineSnapshot(
      `"sweep.yaml:4:26 error[config.bad-value]: expected a path without NUL characters, got the text "a\\u0000b""`,
    );
    expect(await mistakes(own('parameters: { x: [1] }\nstudy: "../a"'))).toContain(
      'sweep.yaml:4:8 error[config.bad-value]',
    );
    expect(await mistakes(own('parameters: { x: [1] }\nstudy: "a\\nb"'))).toContain(
      'sweep.yaml:4:8 error[config.bad-value]',
    );
    expect(await mistakes(grid('{ x: [] }'))).toContain('expected at least 1 entry');
  });
});

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { SETTING_OPTIONS } from '../../src/library/setting-options.js';
import { plainProgram } from '../support/program.js';
import { ROOT } from './run-example.js';

const page = readFileSync(join(ROOT, 'docs', 'library.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'hpo-library-doc-'));
mkdirSync(join(folder, 'node_modules'));
symlinkSync(ROOT, join(folder, 'node_modules', 'hpo'), 'dir');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const blocksOf = (language: string, text = page) =>
  [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, code]) => code as string,
  );

const TSX = join(ROOT, 'node_modules', 'tsx', 'dist', 'cli.mjs');

/** Runs a program in the folder; one after the other, since later ones open what earlier ones have made. */
function run(name: string, code: string): string {
  const plain = name.replace(/\.mts$/, '.mjs');
  return started(plain, plain === name ? code : plainProgram(code), [plain]);
}

function started(name: string, code: string, args: readonly string[]): string {
  writeFileSync(join(folder, name), code);
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

describe('docs/library.md', () => {
  const programs = [...page.matchAll(/^```(js|ts)\n(import.*?)^```$/gms)].map(([, language, code], k) => ({
    name: `program-${k}.${language === 'ts' ? 'mts' : 'mjs'}`,
    code: code as string,
  }));

  test('its programs run and say what they find', () => {
    const outputs = programs.map(({ name, code }) => run(name, code));
    expect(outputs).toEqual([
      expect.stringMatching(
        /params: \{ rate: [\d.e-]+, opt: 'adam' }|params: \{ rate: [\d.e-]+, opt: 'sgd', momentum/,
      ),
      expect.stringMatching(/^(\d complete \n|\d fail RangeError: no root\n){10}$/),
      expect.stringMatching(/^better: .*\n(.*\n)*\{ temperature: .*, style: '.*' } [\d.]+ [\d.]+\n$/),
      expect.stringMatching(/^[\d.e-]+ [\d.e-]+\n\[ '20 1 a', '21 1 a', '22 1 a' ]\n\[ '[xy]', '[xy]' ]\n$/),
      'seed-2 5,kept 5\n10\n',
      expect.stringMatching(/^\d+ of 20 were pruned\n$/),
      expect.stringMatching(/^[1-5]\d\d of 810 steps\n$/),
      expect.stringMatching(/^\{ m: \d, n: \d, k: \d, rate: 0\.\d+ }\n$/),
      expect.stringMatching(/params: \{ x: [\d.]+, kind/),
      expect.stringMatching(/^0\.5 11\n$/),
      '48\n',
      expect.stringMatching(/^[1-9] of \d+\n$/),
      '8 sweep-finished\n3\n',
      expect.stringContaining('RangeError: no root RangeError'),
    ]);
  });

  test('its typed programs have no error of the compiler', () => {
    const typed = programs.filter(({ name }) => name.endsWith('.mts'));
    expect(typed.length).toBeGreaterThan(5);
    for (const { name, code } of typed) writeFileSync(join(folder, name), code);
    // By the sources: the declarations of dist may be older.
    const compilerOptions = {
      ...{ module: 'nodenext', target: 'es2023', strict: true, noEmit: true, skipLibCheck: true },
      ...{ types: ['node'], typeRoots: [join(ROOT, 'node_modules', '@types')] },
      paths: { hpo: [join(ROOT, 'src', 'index.ts')] },
    };
    const files = typed.map(({ name }) => name);
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files }));
    const args = [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc')];
    expect(spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' }).stdout).toBe('');
  });

  test('shows the sampler of examples/custom-sampler as it is', () => {
    const source = readFileSync(join(ROOT, 'examples', 'custom-sampler', 'cfg', 'climb.js'), 'utf8');
    expect(blocksOf('js')).toContain(source);
    const sweep = readFileSync(join(ROOT, 'examples', 'custom-sampler', 'cfg', 'sweep.yaml'), 'utf8');
    expect(sweep).toContain((blocksOf('yaml')[0] as string).split(' #')[0]);
  });

  test('names every option of optimize and createStudy', () => {
    const texts = ['study-options', 'call-options'].map((name) =>
      readFileSync(join(ROOT, 'src', 'library', `${name}.ts`), 'utf8'),
    );
    const members = texts.flatMap((text) => [...text.matchAll(/^ {2,4}readonly (\w+)\??:/gm)]);
    const options = new Set([...members.map(([, key]) => key as string), ...SETTING_OPTIONS]);
    expect(options.size).toBeGreaterThan(25);
    const unnamed = [...options].filter((name) => !page.includes(`\`${name}\``));
    // What `optimize` resolves to.
    expect(unnamed.filter((name) => name !== 'end' && name !== 'detail')).toEqual([]);
  });
});

test('the program of README.md runs', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const programs = [...blocksOf('js', readme), ...blocksOf('ts', readme)].filter((code) =>
    code.includes("from 'hpo'"),
  );
  expect(programs).toHaveLength(1);
  // As the page says it.
  expect(started('readme.mts', programs[0] as string, [TSX, 'readme.mts'])).toMatch(/x: /);
});

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { SETTING_OPTIONS } from '../../src/library/setting-options.js';
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

/** Runs a program in the folder; one after the other, since later ones open what earlier ones have made. */
function run(name: string, code: string): string {
  writeFileSync(join(folder, name), code);
  const tsx = join(ROOT, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  const args = name.endsWith('.mts') ? [tsx, name] : [name];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  return stdout;
}

describe('docs/library.md', () => {
  const programs = blocksOf('js').filter((code) => code.startsWith('import'));

  test('its programs run and say what they find', () => {
    const outputs = programs.map((code, k) => run(`program-${k}.mjs`, code));
    expect(outputs).toEqual([
      expect.stringMatching(/params: \{ x: [\d.]+, kind/),
      expect.stringMatching(/^\d+ of 20 were pruned\n$/),
      expect.stringContaining('RangeError: no root RangeError'),
      expect.stringMatching(/^0\.5 11\n$/),
      '30 trials so far\n',
      expect.stringMatching(/\{ x: /),
    ]);
  });

  test('its typed program runs', () => {
    const [typed = ''] = blocksOf('ts');
    expect(typed).toContain('space:');
    expect(run('typed.mts', `${typed}console.log(best?.params.opt);\n`)).toBe('adam\n');
  });

  test('shows the sampler of examples/custom-sampler as it is', () => {
    const source = readFileSync(join(ROOT, 'examples', 'custom-sampler', 'cfg', 'climb.js'), 'utf8');
    expect(blocksOf('js')).toContain(source);
    const sweep = readFileSync(join(ROOT, 'examples', 'custom-sampler', 'cfg', 'sweep.yaml'), 'utf8');
    expect(sweep).toContain((blocksOf('yaml')[0] as string).split(' #')[0]);
  });

  test('names every option of optimize and createStudy', () => {
    const types = readFileSync(join(ROOT, 'src', 'library', 'types.ts'), 'utf8');
    const members = (name: string) => {
      const text = types.slice(types.indexOf(`export type ${name}<`));
      return [...text.slice(0, text.indexOf('\n\n')).matchAll(/^ {2,4}readonly (\w+)\??:/gm)].map(
        ([, key]) => key,
      );
    };
    const options = [
      ...['CreateStudyOptions', 'OptimizeOptions', 'Callbacks'].flatMap(members),
      ...SETTING_OPTIONS,
    ];
    expect(options.length).toBeGreaterThan(18);
    expect(options.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

test('the program of README.md runs', () => {
  const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
  const programs = [...blocksOf('js', readme), ...blocksOf('ts', readme)].filter((code) =>
    code.includes("from 'hpo'"),
  );
  expect(programs).toHaveLength(1);
  expect(run('readme.mts', programs[0] as string)).toMatch(/x: /);
});

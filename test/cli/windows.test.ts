import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, win32 } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { browserCommand } from '../../src/cli/dashboard/browser.js';
import { judgeSystem } from '../../src/cli/doctor/machine.js';
import { parseStorageUrl } from '../../src/storage/url.js';
import { makeSweep, RunningHpo, runHpo, writeFiles } from '../support/cli.js';

const SIMULATION = new URL('../fixtures/windows.mjs', import.meta.url).href;
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const env = { NODE_OPTIONS: `--import ${SIMULATION}` };

/** Runs one command in a process that takes this system for Windows; it must succeed. */
async function onWindows(cwd: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runHpo(args, { cwd, env });
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

/** Names that Windows does not allow. */
const oddNames = (folder: string) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /[<>:"|?*]/.test(name));

describe('on Windows', () => {
  test('a study is asked, reported, read, drawn and written as a report', async () => {
    const cwd = makeSweep();
    await onWindows(cwd, 'ask');
    expect(await onWindows(cwd, 'report', '0', '--step', '1', 'loss=0.5')).toBe('continue\n');
    expect(await onWindows(cwd, 'tell', '0', '0.5')).toBe('trial 0 is complete with 0.5\n');
    expect(JSON.parse(await onWindows(cwd, 'best', '--json'))[0]).toMatchObject({
      params: { x: 1 },
      value: 0.5,
    });
    await onWindows(cwd, 'plot', 'history', '--out', 'history.svg');
    await onWindows(cwd, 'dashboard', '--study', 's', '--out', 'report.html');
    expect(readFileSync(join(cwd, 'report.html'), 'utf8')).toContain('<!doctype html>');
    expect(oddNames(cwd)).toEqual([]);
  });

  test('the page is served', async () => {
    const cwd = makeSweep();
    await onWindows(cwd, 'ask');
    const server = new RunningHpo(['dashboard', '--port', '0'], { cwd, env });
    await server.says(/http:\S+/);
    const page = await fetch(/http:\S+/.exec(server.stdout)?.[0] ?? '');
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining('app.js')]);
    server.kill('SIGTERM');
    await server.ended;
  });

  test('a program optimizes a function in a file, and its owner has a valid file name meanwhile', async () => {
    const cwd = makeSweep();
    writeFiles(cwd, {
      'program.mjs': `
        import { readdirSync } from 'node:fs';
        const { createStudy, float } = await import(${JSON.stringify(join(ROOT, 'dist', 'index.js'))});
        const study = await createStudy({
          name: 'f', storage: 'sqlite:f.db', direction: 'minimize', sampler: 'tpe', space: { x: float(0, 1) },
        });
        await study.optimize(({ params }) => params.x, { trials: 5 });
        console.log((await study.trials()).length, readdirSync('.f.db.owners').join());
        await study.close();`,
    });
    const { spawnSync } = await import('node:child_process');
    const { stdout, stderr } = spawnSync(process.execPath, ['--import', SIMULATION, 'program.mjs'], {
      cwd,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^5 [\w.-]+\+[\w.+-]+$/m);
  });

  test('hpo optimize says in one error what it needs, and writes nothing', async () => {
    const cwd = makeSweep();
    const { code, stdout, stderr } = await runHpo(['optimize'], { cwd, env });
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(
      /^error\[executor\.unsupported-platform\]: expected Linux or macOS .*\n {2}fix: .*WSL 2.*\n$/,
    );
    expect(existsSync(join(cwd, 'storage'))).toBe(false);
  });

  test('hpo doctor says what works', () => {
    expect(judgeSystem('win32', 'x64', '10.0')).toMatchObject({
      status: 'warn',
      message: expect.stringContaining('ask and tell'),
      fix: expect.stringContaining('WSL 2'),
    });
  });

  test('a URL is opened without a shell', () => {
    expect(browserCommand('http://127.0.0.1/?a&b', 'win32')).toEqual([
      'rundll32',
      'url.dll,FileProtocolHandler',
      'http://127.0.0.1/?a&b',
    ]);
  });

  test('storage URLs may name a drive', () => {
    const at = (url: string) => parseStorageUrl(url, 'C:\\work', win32);
    expect(at('sqlite:storage/hpo.db')).toBe('C:\\work\\storage\\hpo.db');
    expect(at('sqlite:D:\\a\\hpo.db')).toBe('D:\\a\\hpo.db');
    // As Optuna writes it.
    expect(at('sqlite:///D:/a/hpo.db')).toBe('D:/a/hpo.db');
    expect(at('D:\\a\\hpo.db')).toBe('D:\\a\\hpo.db');
    expect(() => at('postgres:hpo.db')).toThrow('expected a storage URL');
    // Elsewhere one letter is the scheme of another program.
    expect(() => parseStorageUrl('D:/a/hpo.db', '/work')).toThrow('expected a storage URL');
  });
});

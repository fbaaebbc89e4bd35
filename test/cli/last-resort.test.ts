import { spawn } from 'node:child_process';
import { expect, onTestFinished, test, vi } from 'vitest';
import { programOf } from '../support/program.js';

/** Starts the program, and resolves once it listens to signals. */
async function started() {
  const program = programOf(new URL('./last-resort.ts', import.meta.url));
  const child = spawn(process.execPath, [program, '100'], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const said = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text: string) => {
      said[name] += text;
    });
  const ended = new Promise((resolve) => child.on('close', (code) => resolve([code, said.stderr])));
  const says = (word: string) =>
    vi.waitFor(() => expect(said.stdout).toContain(word), { timeout: 30_000, interval: 10 });
  await says('ready');
  return { child, ended, says };
}

const SAYS = expect.stringContaining('hpo could not end in time');

test('a SIGTERM ends hpo though something that it waits for never comes', async () => {
  const { child, ended } = await started();
  child.kill('SIGTERM');
  expect(await ended).toEqual([143, SAYS]);
});

test('the second Ctrl-C ends it too, and the first one does not', async () => {
  const { child, ended, says } = await started();
  child.kill('SIGINT');
  await says('still here');
  child.kill('SIGINT');
  expect(await ended).toEqual([130, SAYS]);
});

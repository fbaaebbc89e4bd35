import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeProject } from '../support/cli.js';
import { makeShownStudy } from '../support/shown-study.js';

const MAIN = new URL('../../dist/cli/main.js', import.meta.url).pathname;

/** Commands that only show something. */
const COMMANDS = [
  'show 0',
  'plot history',
  'compare shown shown',
  'summary --markdown',
  'export-csv --steps --out -',
  'dashboard --study shown --out report.html',
] as const;

/** Runs lines of a shell in which `hpo` is this build, and resolves to what it leaves in the file `said`. */
function shell(cwd: string, lines: readonly string[]): Promise<string[]> {
  const text = [`hpo() { ${JSON.stringify(process.execPath)} ${JSON.stringify(MAIN)} "$@"; }`, ...lines];
  const child = spawn('/bin/sh', ['-c', text.join('\n')], { cwd, stdio: 'ignore' });
  return new Promise((resolve) =>
    child.on('close', () => resolve(readFileSync(join(cwd, 'said'), 'utf8').trimEnd().split('\n'))),
  );
}

test('a reader that goes away early is no error for a command that shows something, a full disk is one', async () => {
  const study = await makeShownStudy();
  onTestFinished(study.remove);
  const at = `--storage ${study.url}`;
  const lines = COMMANDS.map((command) => {
    const place = command.includes('compare') ? at : `${at} --study shown`;
    return `{ hpo ${command} ${place} 2>>said; echo "$? ${command}" >>said; } | true`;
  });
  const full = `hpo export-csv --steps --out - --study shown ${at} >/dev/full 2>>said; echo "$? full" >>said`;
  const said = await shell(makeProject(), [...lines, full]);
  expect(said).toEqual([
    ...COMMANDS.map((command) => `0 ${command}`),
    expect.stringMatching(/^error\[disk\.full\]/),
    expect.stringMatching(/^ {2}fix: /),
    '1 full',
  ]);
});

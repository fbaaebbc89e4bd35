import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { hpoInProcess, saidBy } from '../support/in-process.js';
import { makeShownStudy, type ShownStudy } from '../support/shown-study.js';

let study: ShownStudy;
beforeAll(async () => {
  study = await makeShownStudy();
});
afterAll(() => study.remove());

const here = () => ['--storage', study.url, '--sweep', 'none.yaml'];
const show = (...args: readonly string[]) => saidBy('show', ...args, ...here());

test('a trial is shown with its parameters in full, curves, attempts and repeats', async () => {
  const [row] = JSON.parse(await saidBy('trials', ...here(), '--json', '--top', '1')) as [
    { number: number; params: { lr: number }; values: [number] },
  ];
  const text = await show(String(row.number));
  expect(text).toMatch(new RegExp(`^trial ${row.number} of study shown: COMPLETE, loss 0\\.\\d+, in `));
  expect(text).toMatch(/rank +1 of \d+ configurations, by 0\.\d+ ± 0\.\d+ over 2 trials/);
  expect(text).toContain(`lr ${' '.repeat(text.includes('momentum') ? 7 : 2)}${row.params.lr}`);
  expect(text).toMatch(/ {2}loss +\d\.\d+ +\d\.\d+ +\d\.\d+ +1-5 +█[▁-█]{3}▁\n {2}accuracy +0\.\d+/);
  // Its curve before those of the others.
  expect(text).toMatch(
    new RegExp(`\\ncurve\\n  A trial ${row.number} .*\\n  loss \\(lower is better\\)\\n(?:  .*[│|].*\\n)+`),
  );
  expect(text).toMatch(/attempts\n.*\n +1 +completed/);
  expect(text.split('same configuration')[1]).toMatch(/(?:\n +\d+ +COMPLETE +0\.\d+ +\d+.*){2}/);
  const json = JSON.parse(await show(String(row.number), '--json'));
  expect(json).toMatchObject({
    study: 'shown',
    number: row.number,
    values: row.values,
    params: row.params,
    curves: { loss: { steps: [1, 2, 3, 4, 5] } },
    finals: { loss: row.values[0] },
    attempts: [{ attempt: 1, cause: 'completed' }],
    rank: { place: 1, n: 2 },
    repeats: [{}, {}],
    command: null,
  });
});

test('a failed trial shows why on one line, and an unknown one is a mistake', async () => {
  const [failed] = JSON.parse(await saidBy('trials', ...here(), '--json', '--state', 'fail')) as [
    { number: number },
  ];
  expect(await show(String(failed.number))).toMatch(/FAIL.*\n\nreason +Error: diverged\\nNaN in layer 3\n/);
  const { code, stderr, stdout } = await hpoInProcess('show', '99', ...here());
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/error\[trial\.not-found\]: study shown has no trial 99/);
  const logs = await hpoInProcess('logs', '99', ...here());
  expect(logs.code).toBe(2);
  // A function of a program writes no log.
  const none = await hpoInProcess('logs', '0', ...here());
  expect(none).toEqual({
    code: 0,
    stdout: '',
    stderr: 'trial 0 has no log: it ran as a function of a program\n',
  });
});

test('what a program has stored with a trial is shown, and cannot change the terminal', async () => {
  const { createStudy, float } = await import('../../src/index.js');
  const folder = mkdtempSync(join(tmpdir(), 'hpo-show-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const storage = `sqlite:${join(folder, 'study.db')}`;
  const made = await createStudy({ storage, direction: 'minimize', space: { x: float(0, 1) } });
  for await (const trial of made.run({ trials: '+1' })) {
    trial.attrs.set({ tokens: 512, host: '\u001b[2Ja' });
    await trial.complete(1);
  }
  await made.close();
  const text = await saidBy('show', '0', '--storage', storage, '--study', 'study', '--sweep', 'none.yaml');
  expect(text).toMatch(/\nattributes\n(?: {2}host .*\n)? {2}tokens +512\n/);
  expect(text).toContain('host');
  expect(text).not.toContain('\u001b[2J');
  const json = await saidBy(
    'show',
    '0',
    '--storage',
    storage,
    '--sweep',
    'none.yaml',
    '--study',
    'study',
    '--json',
  );
  expect(JSON.parse(json).attributes).toEqual({ tokens: 512, host: '\u001b[2Ja' });
  // They are columns of the list where somebody names them.
  const listed = (...args: string[]) =>
    saidBy('trials', '--storage', storage, '--sweep', 'none.yaml', '--study', 'study', ...args);
  expect(JSON.parse(await listed('--columns', 'trial,tokens,attr.host', '--json'))).toEqual([
    { trial: 0, tokens: 512, 'attr.host': '\u001b[2Ja' },
  ]);
  expect(await listed('--columns', 'trial,host')).not.toContain('\u001b[2J');
  expect(JSON.parse(await listed('--where', 'attr.tokens > 600', '--json'))).toEqual([]);
  expect(JSON.parse(await listed('--sort', '-tokens', '--columns', 'trial', '--json'))).toEqual([
    { trial: 0 },
  ]);
  await expect(listed('--columns', 'token')).rejects.toThrow(/trials\.unknown-column.*[\s\S]*tokens/);
});

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, makeSweep } from '../support/cli.js';
import { describeWithReal, findPython } from '../support/real-part.js';
import { ROOT } from './run-example.js';

const page = readFileSync(join(ROOT, 'docs', 'events.md'), 'utf8');
const example = (language: string) =>
  new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(page)?.[1] ?? '';

describeWithReal('python', 'the Python example of docs/events.md', () => {
  test('says what each trial came to', async () => {
    const cwd = makeSweep({ max_concurrent: 1 });
    await hpo(cwd, 'optimize', '--events', 'events.jsonl');
    writeFileSync(join(cwd, 'show.py'), example('python'));
    const ran = spawnSync(findPython() as string, ['show.py', 'events.jsonl'], { cwd, encoding: 'utf8' });
    expect(ran.stdout).toBe('0 complete [1]\n1 complete [2]\n2 complete [3]\n');
  });
});

// jq is no part that tests may count on; where it is, its line is run too.
const jq = /^jq .*$/m.exec(page)?.[0];
test.skipIf(spawnSync('jq', ['--version']).status !== 0)('the line for jq of docs/events.md', async () => {
  const cwd = makeSweep({ max_concurrent: 1 });
  await hpo(cwd, 'optimize', '--events', 'events.jsonl');
  const ran = spawnSync('sh', ['-c', String(jq)], { cwd, encoding: 'utf8' });
  expect(ran.stdout.trim().split('\n').at(-1)).toBe('2 3');
});

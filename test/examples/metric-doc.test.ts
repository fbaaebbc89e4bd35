import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseLine } from '../../src/protocol/metric.js';
import { describeWithReal, findPython } from '../support/real-part.js';
import { ROOT } from './run-example.js';

const page = readFileSync(join(ROOT, 'docs', 'metric.md'), 'utf8');

function blocks(language: string): string[] {
  return [...page.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map(
    ([, code]) => code as string,
  );
}

/** The one example of a language; a page that lost it must not pass. */
function example(language: string): string {
  const found = blocks(language);
  expect(found).toHaveLength(1);
  return found[0] as string;
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hpo-metric-doc-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function run(program: string, args: readonly string[]): string {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
  expect({ status, stderr, error }).toEqual({ status: 0, stderr: '', error: undefined });
  return stdout;
}

/** Three epochs with a loss of 1 / epoch, as every example of the page prints them. */
function expectThreeEpochs(output: string): void {
  const lines = output.trimEnd().split('\n').map(parseLine);
  expect(lines.map((line) => line.kind)).toEqual(['metric', 'metric', 'metric']);
  for (const [k, line] of lines.entries()) {
    const entries = line.kind === 'metric' ? Object.fromEntries(line.entries) : {};
    expect(entries).toEqual({ epoch: k + 1, loss: expect.closeTo(1 / (k + 1), 5) });
  }
}

describe('the examples of docs/metric.md print METRIC lines', () => {
  test('JavaScript', () => {
    writeFileSync(join(folder, 'train.mjs'), example('javascript'));
    expectThreeEpochs(run(process.execPath, ['train.mjs']));
  });

  test('Bash', () => {
    writeFileSync(join(folder, 'train.sh'), example('bash'));
    expectThreeEpochs(run('bash', ['train.sh']));
  });

  test('C++', { timeout: 60_000 }, () => {
    writeFileSync(join(folder, 'train.cpp'), example('cpp'));
    run('c++', ['-Wall', '-o', 'train', 'train.cpp']);
    expectThreeEpochs(run('./train', []));
  });
});

describeWithReal('python', 'the Python example of docs/metric.md', () => {
  test('prints METRIC lines', () => {
    writeFileSync(join(folder, 'train.py'), example('python'));
    expectThreeEpochs(run(findPython() as string, ['train.py']));
  });
});

test('every line that docs/metric.md shows is a METRIC line', () => {
  const lines = blocks('text').flatMap((block) => block.trimEnd().split('\n'));
  expect(lines.length).toBeGreaterThan(4);
  expect(lines.map((line) => parseLine(line).kind)).toEqual(lines.map(() => 'metric'));
});

test('R and Julia have an example, which is not run here', () => {
  for (const language of ['r', 'julia']) expect(example(language)).toContain('METRIC epoch=');
});

import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { escapeMarkdown, markdownTable } from '../../src/cli/summary/markdown.js';
import { createStudy } from '../../src/index.js';
import { saidBy } from '../support/in-process.js';
import { makeShownStudy, type ShownStudy } from '../support/shown-study.js';

let study: ShownStudy;
beforeAll(async () => {
  study = await makeShownStudy();
});
afterAll(() => study.remove());

const summary = (...args: readonly string[]) =>
  saidBy('summary', '--storage', study.url, '--study', 'shown', ...args);

test('a summary has counts, the best configurations, what pruning saved and why trials failed', async () => {
  const text = await summary();
  expect(text).toMatch(/^study shown: \d+ complete, \d+ pruned, \d+ fail; sampler random, pruner none\n/);
  expect(text).toMatch(/trials failed:\n {2}\d x Error: diverged/);
  expect(text).toMatch(/\n\n *loss +std/);
  const json = JSON.parse(await summary('--json', '--top', '2'));
  expect(json).toMatchObject({ study: 'shown', top: [{ n: 2 }, { n: 2 }], failed: expect.any(Number) });
});

test('as Markdown it has a table of the best, with a column for each parameter', async () => {
  const text = await summary('--markdown', '--top', '2');
  expect(text).toMatch(/^## Study shown\n\n\d+ complete/);
  expect(text).toMatch(/\*\*best loss 0\.\d+ ± 0\.\d+ over 2 trials\*\*: lr = 0\.\d{10,}, opt = /);
  const [header, rule, ...rows] =
    (text.split('### Best configurations\n\n')[1] ?? '').split('\n\n')[0]?.trimEnd().split('\n') ?? [];
  expect(header).toMatch(/^\| loss \| std .*\| lr \| opt \|/);
  expect(rule?.split('|')).toHaveLength(header?.split('|').length ?? 0);
  expect(rows).toHaveLength(2);
});

test('a Pareto front says how many configurations it has, however few are shown', async () => {
  const front = await createStudy({
    name: 'front',
    storage: study.url,
    directions: ['minimize', 'minimize'],
    metrics: ['a', 'b'],
  });
  await front.optimize(
    (trial) => {
      const x = trial.suggestInt('x', 1, 4);
      return { a: x, b: 1 / x };
    },
    { trials: 4 },
  );
  await front.close();
  const at = ['--study', 'front', '--top', '1'];
  const { frontSize, top } = JSON.parse(await summary(...at, '--json'));
  expect(top).toHaveLength(1);
  expect(frontSize).toBeGreaterThan(1);
  const line = `Pareto front: 1 of ${frontSize} configurations\n`;
  expect(await summary(...at)).toContain(`\n${line}`);
  expect(await summary(...at, '--markdown')).toContain(`### ${line}`);
});

test('text of others is text in Markdown: no cell, no markup, no HTML, no link, no mention', () => {
  expect(escapeMarkdown('a|b')).toBe('a\\|b');
  expect(escapeMarkdown('<img src=x onerror=alert(1)>')).toBe('&lt;img src=x onerror=alert\\(1\\)&gt;');
  expect(escapeMarkdown('![x](http://a) **b** `c` @someone www.x.org')).toBe(
    '\\!\\[x\\]\\(http&#58;//a\\) \\*\\*b\\*\\* \\`c\\` &#64;someone www&#46;x.org',
  );
  expect(escapeMarkdown('- a\n# b')).toBe('\\- a \\# b');
  expect(['0.25', '1. x', '-0.5'].map(escapeMarkdown)).toEqual(['0.25', '1\\. x', '\\-0.5']);
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1, maxLength: 4 }), (cells) => {
      const lines = markdownTable(cells, [cells]).split('\n');
      expect(lines).toHaveLength(3);
      for (const line of lines) {
        expect(line.split(/(?<!\\)(?:\\\\)*\|/)).toHaveLength(cells.length + 2);
        expect(line).not.toMatch(/[<>\u0000-\u001f\u007f-\u009f\u202e]/);
        expect(line).not.toMatch(/(?<!\\)(?:\\\\)*[`[\]]/);
      }
    }),
  );
});

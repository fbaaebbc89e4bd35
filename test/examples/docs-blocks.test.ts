import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { ROOT } from './run-example.js';

type Order = { readonly name: string; readonly rest: string };
type Block = {
  readonly place: string;
  readonly language: string;
  readonly code: string;
  readonly orders: Order[];
};
type Reader = {
  readonly pages: () => string[];
  readonly readPage: (path: string, text?: string) => { readonly project: string; readonly blocks: Block[] };
};

const { pages, readPage } = (await import(
  pathToFileURL(join(ROOT, 'scripts', 'docs', 'blocks.mjs')).href
)) as Reader;

// .ci/run executes them: scripts/check-docs.mjs.
test('every block of code in README, docs and examples is run, or says where it is, or why not', () => {
  const blocks = pages().flatMap((path) => readPage(path).blocks);
  expect(blocks.length).toBeGreaterThan(80);
  // A second machine, a cluster, a language that no package brings, half an hour of work: each says so in the page.
  const skipped = blocks.filter(({ orders }) => orders.some(({ name }) => name === 'skip'));
  expect(skipped.map(({ place }) => place.replace(/:\d+$/, ''))).toEqual([
    'docs/clusters.md',
    'docs/clusters.md',
    'docs/clusters.md',
    'docs/clusters.md',
    'docs/clusters.md',
    'docs/dashboard.md',
    'docs/guides/serving.md',
    'docs/metric.md',
    'docs/reliability.md',
  ]);
});

test('no block of README is left out', () => {
  const { project, blocks } = readPage('README.md');
  expect(project).toBe('empty');
  expect(blocks.flatMap(({ orders }) => orders)).toEqual([]);
  const commands = blocks.map(({ code }) => code).join('');
  for (const name of ['init', 'optimize', 'best']) expect(commands).toContain(`npx hpo ${name}`);
});

test('a comment applies to the block below it alone', () => {
  const text =
    '# A\n\n<!-- run: without b: it is slow -->\n<!-- run: first echo a -->\n\n```sh\na\nb\n```\n\n```sh\nc\n```\n';
  const [first, second] = readPage('a.md', text).blocks;
  expect(first).toMatchObject({
    place: 'a.md:6',
    code: 'a\nb\n',
    orders: [
      { name: 'without', rest: 'b: it is slow' },
      { name: 'first', rest: 'echo a' },
    ],
  });
  expect(second?.orders).toEqual([]);
});

test.each([
  ['<!-- run: skip -->\n```sh\na\n```\n', 'expected a comment'],
  ['<!-- run: never because -->\n```sh\na\n```\n', 'expected a comment'],
  ['<!-- run: without a -->\n```sh\na\n```\n', 'expected a comment'],
  ['<!-- run: until -->\n```sh\na\n```\n', 'expected a comment'],
  ['<!-- run: needs a b -->\n```sh\na\n```\n', 'expected a comment'],
  ['<!-- run: needs jq -->\n```yaml\na: 1\n```\n', 'needs a comment'],
  ['```yaml\na: 1\n```\n', 'needs a comment'],
  ['```cpp\nint a;\n```\n', 'needs a comment'],
])('a comment that says nothing, or none where one is needed, is an error: %j', (text, message) => {
  expect(() => readPage('a.md', text)).toThrow(message);
});

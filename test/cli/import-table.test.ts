import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readTable } from '../../src/cli/import/read-table.js';
import { makeProject } from '../support/cli.js';

function read(text: string) {
  const file = join(makeProject(), 'runs.csv');
  writeFileSync(file, text);
  return readTable(file);
}

test('a table is read with any line ends, a byte order mark, and blank lines', async () => {
  expect(await read('\uFEFFa,b\nc,d\r"e\n",f\r\n\r\n')).toMatchObject({
    columns: ['a', 'b'],
    rows: [
      { a: 'c', b: 'd' },
      { a: 'e\n', b: 'f' },
    ],
  });
});

test('a row may be short or long, and quotes inside a cell are text', async () => {
  const { rows } = await read('a,b\n1\n2,say "x",3\n');
  expect(rows).toEqual([
    { a: '1', b: '' },
    { a: '2', b: 'say "x"' },
  ]);
});

test.each([
  ['nothing', ''],
  ['a header alone', 'a,b\n'],
  ['a cell whose quote is never closed', 'a,b\n1,"2\n3,4\n'],
  ['a column twice', 'a,a\n1,2\n'],
])('%s is refused', async (_, text) => {
  await expect(read(text)).rejects.toMatchObject({ code: 'import.bad-table', usage: true });
});

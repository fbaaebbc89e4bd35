import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { sinkTo } from '../../../src/cli/logs/show-log.js';

/** A terminal of 20 columns, or a pipe, and what was written to it. */
function makeStream(isTTY: boolean) {
  const stream = Object.assign(new PassThrough(), { isTTY, columns: 20 }) as unknown as NodeJS.WriteStream;
  let written = '';
  (stream as unknown as PassThrough).on('data', (part: Buffer) => {
    written += part.toString('latin1');
  });
  return { stream, written: () => written };
}

const ENV = { TERM: 'xterm', NO_COLOR: '1' };
const ERASE = '\r\u001b[K';

test('a line without an end is shown when nothing more comes, and replaced when more does', async () => {
  const { stream, written } = makeStream(true);
  const sink = sinkTo(stream, ENV);
  await sink.write(Buffer.from('one\nProceed? '));
  expect(written()).toBe('one\n');
  await sink.rest();
  await sink.rest();
  expect(written()).toBe('one\nProceed? ');
  await sink.write(Buffer.from('yes'));
  await sink.rest();
  await sink.write(Buffer.from('\ntwo'));
  await sink.end();
  expect(written()).toBe(`one\nProceed? ${ERASE}Proceed? yes${ERASE}Proceed? yes\ntwo\n`);
});

test('it is cut to the width, since a line that wraps cannot be replaced, and controls nothing', async () => {
  const { stream, written } = makeStream(true);
  const sink = sinkTo(stream, ENV);
  await sink.write(Buffer.from(`10 %\r20 %\u001b[2J${'='.repeat(40)}`));
  await sink.rest();
  expect(written()).toBe(`20 %${'='.repeat(12)}...`);
});

test.each([
  ['a pipe', false, ENV],
  ['a terminal that erases nothing', true, { ...ENV, TERM: 'dumb' }],
])('nothing is replaced on %s', async (_, isTTY, env) => {
  const { stream, written } = makeStream(isTTY);
  const sink = sinkTo(stream, env);
  await sink.write(Buffer.from('a\nb'));
  await sink.rest();
  await sink.end();
  expect(written()).toBe(isTTY ? 'a\nb\n' : 'a\nb');
});

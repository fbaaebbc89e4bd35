import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { StdoutLoss } from '../../src/cli/stdout-loss.js';

/** A stream whose writes fail. */
function failing(code: string): NodeJS.WriteStream {
  const stream = new Writable({
    write: (_, __, done) => done(Object.assign(new Error(code), { code })),
  });
  return stream as unknown as NodeJS.WriteStream;
}

test.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('output that is lost by %s is an error', async (code) => {
  const stream = failing(code);
  const loss = new StdoutLoss(stream);
  stream.write('a table');
  await expect(loss.check()).rejects.toMatchObject({ code });
});

test.each(['EPIPE', 'EIO'])('a reader that is gone (%s) is no error', async (code) => {
  const stream = failing(code);
  const loss = new StdoutLoss(stream);
  stream.write('a table');
  await expect(loss.check()).resolves.toBeUndefined();
});

test('output that arrives is no error', async () => {
  const stream = new PassThrough() as unknown as NodeJS.WriteStream;
  const loss = new StdoutLoss(stream);
  stream.write('a table');
  await expect(loss.check()).resolves.toBeUndefined();
});

import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { StdoutLoss } from '../../src/cli/stdout-loss.js';

/** Writes a text, and resolves to what is said of it in the end. */
function written(stream: Writable): Promise<void> {
  const loss = new StdoutLoss(stream);
  stream.on('error', (error) => loss.note(stream, error));
  stream.write('a table');
  return loss.check();
}

/** A stream whose writes fail. */
function failing(code: string): Writable {
  return new Writable({ write: (_, __, done) => done(Object.assign(new Error(code), { code })) });
}

test.each(['ENOSPC', 'EDQUOT', 'EFBIG'])('output that is lost by %s is an error', async (code) => {
  await expect(written(failing(code))).rejects.toMatchObject({ code });
});

test.each(['EPIPE', 'EIO'])('a reader that is gone (%s) is no error', async (code) => {
  await expect(written(failing(code))).resolves.toBeUndefined();
});

test('output that arrives is no error, nor are lost messages on stderr', async () => {
  await expect(written(new PassThrough())).resolves.toBeUndefined();
  const stdout = new PassThrough();
  const loss = new StdoutLoss(stdout);
  loss.note(failing('ENOSPC'), Object.assign(new Error('full'), { code: 'ENOSPC' }));
  await expect(loss.check()).resolves.toBeUndefined();
});

import { expect, test } from 'vitest';
import { lastError, lastWords, logSize, readLastWords } from '../../src/executors/log-tail.js';

const TRACEBACK = 'Traceback (most recent call last):\n  File "train.py", line 9, in <module>\n';

test.each([
  ['', null],
  ['\n \r\n', null],
  ['METRIC loss=1\n', null],
  ['epoch 1\nMETRIC loss=1\nepoch 2, killed by me\n', 'epoch 2, killed by me'],
  [`${TRACEBACK}RuntimeError: out of memory\n`, 'RuntimeError: out of memory'],
  [
    `${TRACEBACK}torch.OutOfMemoryError: CUDA out of memory\n\nreading stopped\n`,
    'torch.OutOfMemoryError: CUDA out of memory',
  ],
  [
    "Error: spawnSync gcc ENOENT\n    at f (a.mjs:1:2) {\n  code: 'ENOENT',\n  error: [Circular *1],\n  status: null\n}\n",
    'Error: spawnSync gcc ENOENT',
  ],
  ['TypeError: x is undefined\n    at f (a.js:1:2)\n\nNode.js v20.20.2\n', 'TypeError: x is undefined'],
  [
    'Exception in thread "main" java.lang.Error\n\tat A.main(A.java:3)\n',
    'Exception in thread "main" java.lang.Error',
  ],
  ['10%\r50%\rpanic: index out of range\u001b[0m\r', 'panic: index out of range'],
])('the last words of %j are %j', (log, words) => {
  expect(lastWords(log)).toBe(words);
});

test.each([
  ['epoch 1\nno space left\n', null],
  [`${TRACEBACK}RuntimeError: loss is nan\nMETRIC loss=1\nbye\n`, 'RuntimeError: loss is nan'],
  [
    'usage: train.py\ntrain.py: error: unrecognized arguments: lr=1\n',
    'train.py: error: unrecognized arguments: lr=1',
  ],
  [
    "cc -O3\na.c:3:1: error: unknown type name 'in'\n1 error generated\n",
    "a.c:3:1: error: unknown type name 'in'",
  ],
  ['sh: 1: trian: command not found\n', 'sh: 1: trian: command not found'],
])('the last error of %j is %j: no other line counts', (log, error) => {
  expect(lastError(log)).toBe(error);
});

const logs = (bytes: Uint8Array) => ({
  async *logs(_: unknown, from: number) {
    if (from < bytes.length) yield bytes.subarray(from);
  },
});
const attempt = { trial: 0, token: 't', handle: 'h' };

test.each([0, 1, 7, 256 * 1024 - 1, 256 * 1024, 256 * 1024 + 1, 3_000_001])(
  'the size of a log of %i bytes is found by reading',
  async (size) => {
    const control = logs(new Uint8Array(size));
    expect(await logSize(control, attempt, 0)).toBe(size);
    expect(await logSize(control, attempt, size)).toBe(size);
  },
);

test('only the end of a long log is read, and one that cannot be read has no last words', async () => {
  const long = new TextEncoder().encode(
    `${'ValueError: early\n'.repeat(100_000)}${'a\n'.repeat(8_000)}the end\n`,
  );
  expect(await readLastWords(logs(long), attempt)).toBe('the end');
  const broken = {
    // biome-ignore lint/correctness/useYield: it fails before it yields.
    async *logs(): AsyncGenerator<Uint8Array> {
      throw new Error('gone');
    },
  };
  expect(await readLastWords(broken, attempt)).toBeNull();
});

import fc from 'fast-check';
import { expect, it } from 'vitest';
import { FarOutput } from '../../../src/executors/ray/far-output.js';

const TOKEN = 'abc';

/** What is found in an output that comes in these parts. */
function read(parts: readonly Buffer[]) {
  const found = { host: '', exitCode: -1, body: Buffer.alloc(0) };
  const output = new FarOutput(TOKEN, {
    begins: (host) => {
      found.host = host;
    },
    body: (bytes, at) => {
      expect(at).toBe(found.body.length);
      found.body = Buffer.concat([found.body, bytes]);
    },
    ends: (exitCode) => {
      found.exitCode = exitCode;
    },
  });
  for (const part of parts) output.push(part);
  return found;
}

const line = fc.oneof(
  fc.string(),
  fc.constantFrom('', 'hpo: attempt abc ends', 'hpo: attempt', 'METRIC loss=1'),
);

it('finds every byte of a trainer between the lines around it, however they arrive', () => {
  fc.assert(
    fc.property(fc.array(line), fc.array(fc.nat(400)), (lines, cuts) => {
      const body = lines.join('\n');
      const whole = Buffer.from(
        `of Ray\n\nhpo: attempt abc begins on node\n${body}\nhpo: attempt abc ends with 3\nof Ray\n`,
      );
      const places = [
        0,
        ...cuts.map((cut) => Math.min(cut, whole.length)).sort((a, b) => a - b),
        whole.length,
      ];
      const found = read(places.slice(1).map((end, k) => whole.subarray(places[k], end)));
      expect([found.host, found.exitCode]).toEqual(['node', 3]);
      // A newline that arrives before the last line may be the trainer's own.
      expect([body, `${body}\n`]).toContain(found.body.toString());
    }),
  );
});

it('passes a line on as soon as it is complete', () => {
  const found = read([Buffer.from('\nhpo: attempt abc begins on node\nMETRIC loss=1\n')]);
  expect(found.body.toString()).toBe('METRIC loss=1\n');
});

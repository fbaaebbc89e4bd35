import { expect, test } from 'vitest';
import { makeSweepText } from '../../../src/cli/tune/sweep-text.js';
import { parseWords } from '../../../src/cli/tune/words.js';

const nameOf = (...words: string[]) => {
  const request = { goals: [], settings: new Map(), constraint: [], set: [], storage: 'memory:' };
  return /^study: (.*)$/m.exec(makeSweepText(parseWords([...words, '{x:1..2}']), request))?.[1];
};

test.each([
  ['train', ['python3', 'train.py']],
  ['gzip', ['./bin/gzip']],
  ['gzip', ['sh', '-c', 'gzip -{level:int:1..9} -c data.txt | wc -c']],
  ['train', ['/bin/bash', '-ec', 'cd src && A=1 exec python train.py --lr={lr:0..1}']],
  ['run', ['bash', 'run.sh']],
  ['sh', ['sh', '-c', '']],
])('a study is called %s for %j', (name, words) => {
  expect(nameOf(...words)).toBe(name);
});

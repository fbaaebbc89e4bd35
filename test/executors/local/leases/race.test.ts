import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, onTestFinished, test } from 'vitest';
import { leaseName } from '../../../../src/executors/local/leases/lease-file.js';
import { programOf } from '../../../support/program.js';
import { deadOwner, tempDir, token } from './harness.js';

const RACERS = 5;
const ROUNDS = 24;

class Racer {
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  constructor(dir: string) {
    const program = programOf(new URL('./racer.ts', import.meta.url));
    this.#child = spawn(process.execPath, [program, dir], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => {
      this.#child.kill('SIGKILL');
    });
    const input = this.#child.stdout as NodeJS.ReadableStream;
    this.#lines = createInterface({ input })[Symbol.asyncIterator]();
  }

  async answer(): Promise<string> {
    return (await this.#lines.next()).value ?? 'ended';
  }

  say(line: string): Promise<string> {
    this.#child.stdin?.write(`${line}\n`);
    return this.answer();
  }
}

test('of several processes that race for a stale lease exactly one gets it, round after round', async () => {
  const dir = tempDir();
  const racers = Array.from({ length: RACERS }, () => new Racer(dir));
  for (const racer of racers) expect(await racer.answer()).toBe('ready');
  const dead = await deadOwner();
  for (let round = 0; round < ROUNDS; round++) {
    // In every other round it takes two GPUs, which each names in another order.
    const gpus = round % 2 === 0 ? ['a'] : ['a', 'b'];
    for (const gpu of gpus) writeFileSync(join(dir, leaseName(gpu, dead, token())), 'held\n');
    const answers = await Promise.all(
      racers.map((racer, at) => racer.say((at % 2 === 0 ? gpus : gpus.toReversed()).join(' '))),
    );
    expect(answers.filter((answer) => answer === 'won')).toHaveLength(1);
    expect(readdirSync(dir)).toHaveLength(gpus.length);
    for (const racer of racers) expect(await racer.say('release')).toBe('released');
    expect(readdirSync(dir)).toEqual([]);
  }
}, 120_000);

import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { leaseName } from '../../../../src/executors/local/leases/lease-file.js';
import { Leases } from '../../../../src/executors/local/leases/leases.js';
import { ownIdentity } from '../../../../src/liveness/identity.js';
import { bootId, ticksOf } from '../../../../src/liveness/proc.js';
import { livenessAs } from '../../../support/liveness.js';
import { deadOwner, end, leasesOf, ownerOf, spawnProcess, tempDir, token } from './harness.js';

const GPU = 'GPU-aaaa';
const [BOOT, TICKS] = [bootId(), ticksOf('self')];

/** Leases of another orchestrator that lives. */
function another(dir: string) {
  const child = spawnProcess();
  return { child, leases: leasesOf(dir, ownerOf(child)) };
}

describe('a lease', () => {
  it('keeps a GPU from other sweeps until it is given back', () => {
    const dir = tempDir();
    const [mine, { leases: theirs }] = [leasesOf(dir), another(dir)];
    const first = token();
    expect(mine.take([GPU], first, 1)).toBe(true);
    expect(theirs.take([GPU], token(), 1)).toBe(false);
    expect(theirs.take(['GPU-bbbb'], token(), 1)).toBe(true);
    mine.release(first);
    expect(theirs.take([GPU], token(), 1)).toBe(true);
  });

  it('counts everybody, and each sweep goes by its own slots_per_device', () => {
    const dir = tempDir();
    const [mine, { leases: theirs }] = [leasesOf(dir), another(dir)];
    expect(mine.take([GPU], token(), 2)).toBe(true);
    expect(theirs.take([GPU], token(), 1)).toBe(false);
    expect(theirs.take([GPU], token(), 2)).toBe(true);
    expect(mine.take([GPU], token(), 2)).toBe(false);
    expect(mine.take([GPU], token(), 3)).toBe(true);
  });

  it('of several GPUs is taken as a whole or not at all', () => {
    const dir = tempDir();
    const [mine, { leases: theirs }] = [leasesOf(dir), another(dir)];
    expect(theirs.take(['b'], token(), 1)).toBe(true);
    expect(mine.take(['a', 'b'], token(), 1)).toBe(false);
    expect(theirs.take(['a'], token(), 1)).toBe(true);
    expect(mine.take(['c', 'd'], token(), 1)).toBe(true);
    expect(theirs.take(['d'], token(), 1)).toBe(false);
  });

  it('says what it is for', () => {
    const dir = tempDir();
    const leases = leasesOf(dir);
    const attempt = token();
    leases.take([GPU], attempt, 1);
    expect(leases.look()).toMatchObject([{ gpu: GPU, owner: ownIdentity(), held: true, note: null }]);
    const note = { study: 'a\n"study"', trial: 3, handle: '/x/0' };
    leases.note(attempt, note);
    expect(leases.look()).toMatchObject([{ held: true, note }]);
  });

  it('that somebody tidied away is written again', () => {
    const dir = tempDir();
    const leases = leasesOf(dir);
    leases.take([GPU], token(), 1);
    rmSync(dir, { recursive: true });
    leases.refresh();
    expect(another(dir).leases.take([GPU], token(), 1)).toBe(false);
  });
});

describe('sweeps that try at the same moment', () => {
  /** A claim of another that still looks, and that it takes back when it has been seen a few times. */
  function meet(theirs: string, mine: string): boolean {
    const dir = tempDir();
    const file = join(dir, leaseName(GPU, 'other:1:1', theirs));
    writeFileSync(file, '');
    let seen = 0;
    const liveness = livenessAs(ownIdentity(), () => {
      if (++seen === 3) rmSync(file);
      return 'alive';
    });
    const onTrouble = () => {};
    return new Leases({ dir, liveness, onTrouble }).take([GPU], mine, 1);
  }

  it('do not all give way: the one with the smallest token stays', () => {
    expect(meet('b', 'a')).toBe(true);
    expect(meet('a', 'b')).toBe(false);
  });
});

describe('whether a lease is stale', () => {
  it('is not a matter of time or of being suspended', () => {
    const dir = tempDir();
    const { child, leases: theirs } = another(dir);
    theirs.take([GPU], token(), 1);
    child.kill('SIGSTOP');
    expect(leasesOf(dir).take([GPU], token(), 1)).toBe(false);
    child.kill('SIGCONT');
  });

  it.each([
    ['its orchestrator was killed', deadOwner],
    ['the machine was restarted', async () => `another-boot:${process.pid}:${TICKS}`],
    ['the pid is used again', async () => `${BOOT}:${process.pid}:1`],
    ['it has no start time here', async () => `${BOOT}:${process.pid}:-`],
  ])('when %s, and then it is no obstacle and removed', async (_, owner) => {
    const dir = tempDir();
    expect(leasesOf(dir, await owner()).take([GPU], token(), 1)).toBe(true);
    expect(leasesOf(dir).take([GPU], token(), 1)).toBe(true);
    expect(readdirSync(dir)).toHaveLength(1);
  });

  it('a trainer keeps the GPU when its orchestrator is killed, until it ends', async () => {
    const dir = tempDir();
    const attempt = token();
    const trainer = spawnProcess(attempt);
    leasesOf(dir, await deadOwner()).take([GPU], attempt, 1);
    expect(leasesOf(dir).take([GPU], token(), 1)).toBe(false);
    trainer.kill('SIGSTOP');
    expect(leasesOf(dir).take([GPU], token(), 1)).toBe(false);
    await end(trainer);
    expect(leasesOf(dir).take([GPU], token(), 1)).toBe(true);
  });

  it('what a trainer left behind when it ended keeps nothing', async () => {
    const [dir, folder, attempt] = [tempDir(), tempDir(), token()];
    const leftBehind = spawnProcess(attempt);
    const dead = leasesOf(dir, await deadOwner());
    dead.take([GPU], attempt, 1);
    dead.note(attempt, { study: 's', trial: 0, handle: folder });
    expect(leasesOf(dir).take([GPU], token(), 1)).toBe(false);
    writeFileSync(join(folder, 'exit'), '0\n');
    expect(leasesOf(dir).take([GPU], token(), 1)).toBe(true);
    expect(leftBehind.exitCode).toBeNull();
  });
});

describe('a lease whose orchestrator has ended', () => {
  it('keeps nothing for a function, which ended with its program, whatever lies in the working folder', async () => {
    const [dir, attempt] = [tempDir(), token()];
    const dead = leasesOf(dir, await deadOwner());
    dead.take([GPU], attempt, 1);
    spawnProcess(attempt);
    dead.note(attempt, { study: 's', trial: 0, handle: '' });
    expect(leasesOf(dir).take([GPU], token(), 1)).toBe(true);
  });

  it('keeps the GPU for what another executor runs on this machine', async () => {
    const [dir, attempt] = [tempDir(), token()];
    const process = spawnProcess(attempt);
    const dead = leasesOf(dir, await deadOwner());
    dead.take([GPU], attempt, 1);
    dead.note(attempt, { study: 's', trial: 0, handle: 'quantum:7' });
    expect(leasesOf(dir).take([GPU], token(), 1)).toBe(false);
    await end(process);
    expect(leasesOf(dir).take([GPU], token(), 1)).toBe(true);
  });

  it('notes what runs as every version of hpo reads it', () => {
    const [dir, attempt] = [tempDir(), token()];
    const leases = leasesOf(dir);
    leases.take([GPU], attempt, 1);
    leases.note(attempt, { study: 's', trial: 0, handle: '/x' });
    const [file = ''] = readdirSync(dir);
    expect(readFileSync(join(dir, file), 'utf8')).toBe('held\n{"study":"s","trial":0,"dir":"/x"}\n');
  });
});

describe('reattaching an attempt', () => {
  it('passes on its leases, however full the GPU is, and they count once', async () => {
    const dir = tempDir();
    const attempt = token();
    const trainer = spawnProcess(attempt);
    const dead = leasesOf(dir, await deadOwner());
    dead.take([GPU], attempt, 2);
    dead.note(attempt, { study: 's', trial: 4, handle: '/nowhere/at-all' });
    const { leases: theirs } = another(dir);
    expect(theirs.take([GPU], token(), 2)).toBe(true);
    const mine = leasesOf(dir);
    mine.reattach([], attempt);
    expect(mine.look().filter(({ owner }) => owner === ownIdentity())).toMatchObject([
      { note: { trial: 4 } },
    ]);
    expect(theirs.take([GPU], token(), 2)).toBe(false);
    expect(theirs.take([GPU], token(), 3)).toBe(true);
    // Ours now: it is held until we have read the trainer's last words.
    await end(trainer);
    expect(theirs.take([GPU], token(), 3)).toBe(false);
    mine.release(attempt);
    expect(theirs.take([GPU], token(), 3)).toBe(true);
  });

  it('leases the GPU of an attempt that had none, and never makes a path of a strange token', () => {
    const dir = tempDir();
    const mine = leasesOf(dir);
    mine.reattach([GPU], '../../evil');
    expect(readdirSync(dir)).toEqual([]);
    mine.reattach([GPU], token());
    expect(another(dir).leases.take([GPU], token(), 1)).toBe(false);
  });
});

it('garbage in the folder is no obstacle and is left alone', () => {
  const dir = tempDir();
  const here = ownIdentity();
  writeFileSync(join(dir, 'lease~GPU-aaaa'), 'x');
  writeFileSync(join(dir, `lease~${GPU}~not:an-owner~${token()}`), 'x');
  writeFileSync(join(dir, 'wait~'), Buffer.from([0, 255, 10]));
  writeFileSync(join(dir, `wait~${here}x`), 'x');
  mkdirSync(join(dir, leaseName(GPU, here, token())));
  mkdirSync(join(dir, `wait~${BOOT}:1:1`));
  const before = readdirSync(dir).length;
  const leases = leasesOf(dir);
  expect(leases.waiting()).toEqual([]);
  expect(leases.take([GPU], token(), 1)).toBe(true);
  expect(readdirSync(dir)).toHaveLength(before + 1);
});

it('a lease of a living sweep counts, whatever its file says', () => {
  const dir = tempDir();
  const owner = ownerOf(spawnProcess());
  writeFileSync(join(dir, leaseName(GPU, owner, token())), Buffer.from([1, 10, 255, 0, 123]));
  expect(leasesOf(dir).look()).toMatchObject([{ gpu: GPU, note: null }]);
  expect(leasesOf(dir).take([GPU], token(), 1)).toBe(false);
});

it('where leases cannot be kept the sweep runs without them and is warned once', () => {
  const dir = join(tempDir(), 'file');
  writeFileSync(dir, 'in the way');
  const troubles: unknown[] = [];
  const leases = new Leases({
    dir,
    liveness: livenessAs(ownIdentity(), () => 'alive'),
    onTrouble: (error) => troubles.push(error),
  });
  const attempt = token();
  expect(leases.take([GPU], attempt, 1)).toBe(true);
  leases.note(attempt, { study: 's', trial: 0, handle: '/x' });
  leases.wait([GPU]);
  leases.release(attempt);
  expect(leases.take([GPU], token(), 1)).toBe(true);
  expect(troubles).toHaveLength(1);
});

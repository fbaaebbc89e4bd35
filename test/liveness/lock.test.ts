import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openLiveness } from '../../src/liveness/liveness.js';
import { loadDriver } from '../../src/storage/drivers/load-driver.js';
import { APART, type Apart } from '../support/apart.js';
import { Program } from '../support/liveness.js';
import { describeWithReal } from '../support/real-part.js';

const connect = await loadDriver(process.env.HPO_SQLITE_DRIVER);
const HERE = 'in this PID namespace';
const PLACES = Object.keys(APART) as Apart[];

function tempDir(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hpo-liveness-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const owners = join(dir, 'owners');
  mkdirSync(owners);
  for (const each of [dir, owners]) chmodSync(each, 0o777);
  return owners;
}

const holder = (folder: string, apart: Apart = HERE) => new Program('holder', folder, apart);

describeWithReal('namespaces', 'a process that holds its lock', () => {
  test('is alive for processes that cannot see it, and has ended once it was killed', async () => {
    const folder = tempDir();
    const holders = PLACES.map((each) => holder(folder, each));
    const owners = await Promise.all(holders.map((each) => each.answer()));
    const judges = PLACES.map((each) => new Program('judge', folder, each));
    const judged = async () => {
      const said: string[] = [];
      for (const judge of judges) for (const owner of owners) said.push(await judge.say(owner));
      return said;
    };
    expect(new Set(owners).size).toBe(PLACES.length);
    expect(await judged()).toEqual(new Array(PLACES.length ** 2).fill('alive'));
    await Promise.all(holders.map((each) => each.kill()));
    expect(await judged()).toEqual(new Array(PLACES.length ** 2).fill('ended'));
  });

  test('is unknown where nobody sees it and its file is gone, and never dead', async () => {
    const folder = tempDir();
    const owner = await holder(folder, 'in a PID namespace of its own').answer();
    rmSync(join(folder, owner));
    expect(openLiveness(folder, connect).judge(owner)).toBe('unknown');
  });
});

test('a process that cannot keep a lock is judged by sight', async () => {
  const folder = '/proc/no/such/folder';
  const owner = await holder(folder).answer();
  expect(openLiveness(folder, connect).judge(owner)).toBe('alive');
});

test('a process that opens one folder twice keeps its lock until both are closed', async () => {
  const folder = tempDir();
  const judge = new Program('judge', folder, HERE);
  const [first, second] = [openLiveness(folder, connect), openLiveness(folder, connect)];
  expect(first.hold()).toBe(second.hold());
  first.close(() => true);
  expect(readdirSync(folder)).toEqual([first.self]);
  expect(await judge.say(first.self)).toBe('alive');
  second.close(() => true);
  expect(await judge.say(first.self)).toBe('ended');
});

test('the folder goes once nothing refers to those who were in it', async () => {
  const folder = tempDir();
  const other = holder(folder);
  const owner = await other.answer();
  const mine = openLiveness(folder, connect);
  mine.hold();
  mine.close(() => false);
  // The other one lives.
  expect(readdirSync(folder)).toEqual([owner]);
  await other.kill();
  mine.hold();
  mine.close((each) => each === owner);
  expect(readdirSync(folder)).toEqual([owner]);
  mine.hold();
  mine.close(() => false);
  expect(existsSync(folder)).toBe(false);
});

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { ROOT } from './run-example.js';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'hpo-pocket-'));
  folders.push(folder);
  return folder;
}

function start(folder: string, trials: number): { child: ChildProcess; ended: Promise<string> } {
  const tsx = join(ROOT, 'node_modules', 'tsx', 'dist', 'cli.mjs');
  const args = [tsx, join(ROOT, 'examples', 'pocket.ts'), folder, String(trials)];
  // A group of its own: tsx runs the program in a child.
  const child = spawn(process.execPath, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
  });
  return { child, ended: once(child, 'close').then(() => text) };
}

type Fact = { type: 'started' | 'ended'; trial: number; state?: string; unit?: unknown; pid?: number | null };

function factsOf(folder: string): Fact[] {
  const file = join(folder, 'facts.jsonl');
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8');
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.filter(Boolean).map((line) => JSON.parse(line) as Fact);
}

const endsOf = (folder: string) => factsOf(folder).filter(({ type }) => type === 'ended');

describe('examples/pocket.ts', () => {
  test('is about 200 lines and runs a sweep', async () => {
    const lines = readFileSync(join(ROOT, 'examples', 'pocket.ts'), 'utf8')
      .trimEnd()
      .split('\n');
    expect(lines.length).toBeLessThan(220);
    const folder = newFolder();
    const text = await start(folder, 10).ended;
    expect(text).toMatch(/^best: trial \d+ complete loss=0\.\d+ /m);
    expect(endsOf(folder).map(({ trial }) => trial)).toHaveLength(10);
  });

  test('after kill -9 reattaches, loses no trial and runs none twice', async () => {
    const folder = newFolder();
    const killed = start(folder, 8);
    await expect
      .poll(() => endsOf(folder).length, { timeout: 20_000, interval: 10 })
      .toBeGreaterThanOrEqual(2);
    process.kill(-(killed.child.pid as number), 'SIGKILL');
    await killed.ended;
    const running = new Set(factsOf(folder).map(({ trial }) => trial)).size - endsOf(folder).length;
    const text = await start(folder, 8).ended;
    expect(text.match(/resumes/g) ?? []).toHaveLength(running);
    const ends = endsOf(folder);
    expect(ends.map(({ trial }) => trial).sort((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(ends.filter(({ state }) => state === 'failed')).toEqual([]);
    // One process each: a second one would have been stored with another pid.
    const launched = factsOf(folder).filter(({ type, pid }) => type === 'started' && pid !== null);
    expect(new Set(launched.map(({ trial }) => trial)).size).toBe(launched.length);
  });
});

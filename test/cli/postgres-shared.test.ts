import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { anotherHost } from '../support/another-host.js';
import { canBeHosts } from '../support/apart.js';
import { linesOf, makeSweep, spawnHpo, type Trial, trialsOf, until, writeFiles } from '../support/cli.js';
import { newPostgres } from '../support/postgres.js';
import { describeWithReal } from '../support/real-part.js';

const TRAINER = fileURLToPath(new URL('../fixtures/resumable/shared.sh', import.meta.url));
const ORCHESTRATORS = 3;
const STEPS = 9;
const random = { sampler: 'random', parameters: { x: { int: true, min: 1, max: 500 } } };

/** A folder that all orchestrators share, on a database of a server. */
async function shared(more: Readonly<Record<string, unknown>>) {
  const trainer = { command: ['sh', TRAINER, '${overrides}'] };
  const common = { trainer, max_concurrent: 1, retries: 1, checkpoints: 'remove', max_steps: STEPS };
  return { cwd: makeSweep({ ...common, ...more }), on: ['--storage', await newPostgres()] };
}

type Shown = Trial & { readonly parent: { readonly trial: number; readonly step: number } | null };

/** Runs orchestrators until each has begun a trial, lets the trainers go, and returns the trials when all have ended. */
async function share(more: Readonly<Record<string, unknown>>): Promise<readonly Shown[]> {
  const { cwd, on } = await shared(more);
  const running = Array.from({ length: ORCHESTRATORS }, (_, k) =>
    spawnHpo(['optimize', ...on, '--csv', `runs-${k}.csv`], { cwd }),
  );
  const hasEnded = () => running.some(({ child }) => child.exitCode !== null);
  await until(() => linesOf(cwd, 'notes').length >= ORCHESTRATORS || hasEnded());
  writeFiles(cwd, { go: '' });
  const ended = await Promise.all(running.map((each) => each.ended));
  for (const { code, stderr } of ended)
    expect([code, stderr]).toEqual([0, expect.not.stringMatching(/error/)]);
  const trials = (await trialsOf(cwd, ...on)) as Shown[];
  expect(trials.map(({ number }) => number)).toEqual(trials.map((_, k) => k));
  expect(trials.filter(({ state }) => state !== 'COMPLETE' && state !== 'PRUNED')).toEqual([]);
  for (const trial of trials) expect(trained(cwd, trial.number)).toEqual(expected(trial));
  return trials;
}

/** Returns the steps that the trainers of a trial began; fails where two of them ran at a time. */
function trained(
  cwd: string,
  trial: number,
): { readonly trainers: number; readonly steps: readonly number[] } {
  const steps: number[] = [];
  let [trainers, runs] = [0, ''];
  for (const line of linesOf(cwd, 'notes')) {
    const [number, pid = '', what] = line.split(' ');
    if (Number(number) !== trial) continue;
    expect([line, runs]).toEqual([line, what === 'begin' ? '' : pid]);
    if (what === 'begin') trainers += 1;
    else if (what !== 'end') steps.push(Number(what));
    runs = what === 'end' ? '' : pid;
  }
  return { trainers, steps };
}

/** Each step once, from where its parent was, by as many trainers as it had attempts. */
function expected({ attempt, state, epochs, parent }: Shown) {
  const from = parent?.step ?? 0;
  const last = state === 'COMPLETE' ? STEPS : from + epochs;
  return { trainers: attempt, steps: Array.from({ length: last - from }, (_, k) => from + k + 1) };
}

const count = (trials: readonly Trial[], state: string) =>
  trials.filter((each) => each.state === state).length;

describeWithReal('postgres', `${ORCHESTRATORS} calls of hpo optimize that share a study on a server`, () => {
  test('make exactly its total of trials, and retry those that failed once', async () => {
    const trials = await share({ ...random, trials: 12, scheduler: 'none' });
    expect(count(trials, 'COMPLETE')).toBe(12);
    expect(trials.map(({ attempt }) => attempt)).toEqual(trials.map((_, k) => (k % 4 === 1 ? 2 : 1)));
  });

  test('run each seed of a race once', async () => {
    const trials = await share({ ...random, trials: 12, repeats: { max: 3, race: true } });
    expect(count(trials, 'COMPLETE')).toBe(12);
    const seeds = new Set(trials.map(({ configuration, seed }) => `${configuration} ${seed}`));
    expect(seeds.size).toBe(12);
    expect(new Set(trials.map(({ configuration }) => configuration)).size).toBeLessThan(12);
  });

  test.each(['asha', 'hyperband', 'auto'])(
    'promote under %s, and leave no trial paused',
    async (scheduler) => {
      const trials = await share({ ...random, trials: 12, scheduler });
      expect(trials).toHaveLength(12);
      expect(count(trials, 'COMPLETE')).toBeGreaterThan(0);
      expect(count(trials, 'PRUNED')).toBeGreaterThan(0);
    },
  );

  test('train one population', async () => {
    const scheduler = { name: 'pbt', population: 4, interval: 3 };
    const trials = await share({ ...random, scheduler });
    expect(trials.filter(({ parent }) => parent === null)).toHaveLength(4);
    expect(count(trials, 'COMPLETE')).toBe(4);
  });

  test.skipIf(!canBeHosts())(
    'continue what a host that died had promoted, after its last checkpoint',
    async () => {
      const more = { sampler: 'grid', parameters: { x: [1, 2, 3, 4] }, scheduler: 'asha' };
      // Shorter ones lapse while the rest of the suite keeps the machine busy, and the living host's trial begins again.
      const { cwd, on } = await shared({ ...more, lease: '6s' });
      writeFiles(cwd, { go: '', 'hold-0-3': '', 'hold-3-1': '', 'failed-1/x': '' });
      const has = (step: string) => linesOf(cwd, 'notes').some((line) => step === line.replace(/ \d+ /, ' '));
      const alpha = spawnHpo(['optimize', ...on], { cwd, within: anotherHost(cwd) });
      await until(() => has('0 3'));
      const other = spawnHpo(['optimize', ...on, '--csv', 'runs.csv', '--max-concurrent', '2'], { cwd });
      await until(() => has('3 1'));
      alpha.kill('SIGKILL');
      await alpha.ended;
      // A trainer that is killed notes no end.
      const [, pid] =
        linesOf(cwd, 'notes')
          .findLast((line) => line.startsWith('0 '))
          ?.split(' ') ?? [];
      appendFileSync(join(cwd, 'notes'), `0 ${pid} end\n`);
      rmSync(join(cwd, 'hold-0-3'));
      await until(() => linesOf(cwd, 'notes').filter((line) => /^0 \d+ 3$/.test(line)).length === 2);
      rmSync(join(cwd, 'hold-3-1'));
      expect((await other.ended).code).toBe(0);
      const trials = await trialsOf(cwd, ...on);
      expect(trials.map(({ state }) => state)).toEqual(['COMPLETE', 'PRUNED', 'PRUNED', 'PRUNED']);
      expect(trained(cwd, 0).steps).toEqual([1, 2, 3, 3, 4, 5, 6, 7, 8, 9]);
      for (const trial of [1, 2, 3]) expect(trained(cwd, trial)).toEqual({ trainers: 1, steps: [1] });
    },
  );
});

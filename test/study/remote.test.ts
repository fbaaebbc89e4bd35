import { describe, expect, it, vi } from 'vitest';
import { int } from '../../src/core/distribution.js';
import { makeRng } from '../../src/core/rng.js';
import type { RunnableAttempt } from '../../src/executors/executor.js';
import { type Fault, type JobScript, ScriptedCluster, ScriptedRemote } from '../executors/scripted-remote.js';
import { DEAD_OWNER, makeSpec, newStudy, results, rows, sweep, T0 } from './harness.js';

const numbers = (count: number) => [{ name: 'n', distribution: int(1, count) }];
const script = ({ params }: RunnableAttempt): JobScript => ({ losses: [9, 8, Number(params.n)] });

/** Faults of a cluster whose answers are bad for a while, drawn from a seed; later ones are good. */
function badWeather(seed: number, share: number, questions: number) {
  const rng = makeRng(seed, 'weather', 0);
  let asked = 0;
  return (): Fault => {
    if (asked++ >= questions || rng.float() >= share) return 'none';
    return (['slow', 'lost', 'unknown', 'repeated'] as const)[Math.floor(rng.float() * 4)] ?? 'none';
  };
}

describe('a sweep on an executor whose answers are slow, lost, repeated or unknown', () => {
  it.each([1, 2, 3, 4])('neither loses nor doubles a trial (weather %i)', async (seed) => {
    const cluster = new ScriptedCluster(badWeather(seed, 0.2, 60));
    const study = await newStudy(makeSpec(numbers(6)));
    const { end, events } = await sweep(study, new ScriptedRemote(cluster, script), { slots: 3 });
    expect(end).toBe('exhausted');
    expect(await results(study)).toEqual((await rows(study)).map(({ params }) => `complete ${params.n}`));
    expect(new Set((await rows(study)).map(({ params }) => params.n)).size).toBe(6);
    // A token is a job of its own; a trial whose submission never arrived has a second attempt, which is its only job.
    expect([...cluster.starts.values()]).toEqual(new Array(6).fill(1));
    const finished = events.flatMap((event) => (event.type === 'trial-finished' ? [event.trial] : []));
    expect(finished.toSorted()).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('waits for a trial that nobody can see, says so once, and follows it to its end', async () => {
    let polls = 0;
    const cluster = new ScriptedCluster((question) => {
      if (question !== 'poll') return 'none';
      polls++;
      return polls >= 2 && polls <= 4 ? 'unknown' : 'none';
    });
    const study = await newStudy(makeSpec(numbers(1), { pruner: { name: 'median', options: {} } }));
    const decide = vi.spyOn(study.pruner as NonNullable<typeof study.pruner>, 'decide');
    const { events } = await sweep(study, new ScriptedRemote(cluster, script));
    expect(await results(study)).toEqual(['complete 1']);
    // Its reports came again from the first, and each was judged once.
    expect(decide).toHaveBeenCalledTimes(3);
    expect([...cluster.starts.values()]).toEqual([1]);
    const warnings = events.flatMap((event) => (event.type === 'warning' ? [event.message] : []));
    expect(warnings).toEqual([expect.stringContaining('cannot tell whether the trial still runs')]);
    const started = events.flatMap((event) => (event.type === 'trial-started' ? [event.reattached] : []));
    expect(started).toEqual([false, true]);
  });

  it('starts a trial once whose submission arrived and was not answered', async () => {
    let submissions = 0;
    const cluster = new ScriptedCluster((question) =>
      question === 'submit' && ++submissions === 1 ? 'lost' : 'none',
    );
    const study = await newStudy(makeSpec(numbers(2)));
    await sweep(study, new ScriptedRemote(cluster, script));
    expect(await results(study)).toHaveLength(2);
    expect(submissions).toBe(2);
    expect([...cluster.starts.values()]).toEqual([1, 1]);
  });

  it('starts a trial again whose submission never arrived', async () => {
    let submissions = 0;
    const cluster = new ScriptedCluster((question) =>
      question === 'submit' && ++submissions === 1 ? 'unknown' : 'none',
    );
    const study = await newStudy(makeSpec(numbers(1)));
    await sweep(study, new ScriptedRemote(cluster, script));
    expect(await results(study)).toEqual(['complete 1']);
    expect((await rows(study))[0]?.attempt).toBe(2);
    expect([...cluster.starts.values()]).toEqual([1]);
  });

  it('reattaches a job that an orchestrator left behind, and does not judge its reports again', async () => {
    const cluster = new ScriptedCluster();
    const study = await newStudy(makeSpec(numbers(1), { pruner: { name: 'median', options: {} } }));
    const executor = new ScriptedRemote(cluster, script);
    const asked = await study.ask(
      {
        token: 'left',
        owner: DEAD_OWNER,
        device: 'cpu',
        handle: (trial, attempt) => executor.allocate({ trial, attempt, token: 'left' }),
        startedAtMs: T0,
      },
      T0,
    );
    expect('exhausted' in asked).toBe(false);
    await cluster.submit('left', { losses: [9, 8, 1] });
    const { end } = await sweep(study, executor);
    expect(end).toBe('exhausted');
    expect(await results(study)).toEqual(['complete 1']);
    expect([...cluster.starts]).toEqual([['left', 1]]);
  });

  it('leaves a trial running that cannot be seen when it is interrupted; the next call follows it', async () => {
    let isDark = true;
    let polls = 0;
    const cluster = new ScriptedCluster((question) =>
      isDark && question === 'poll' && ++polls > 1 ? 'unknown' : 'none',
    );
    const study = await newStudy(makeSpec(numbers(1)));
    const executor = new ScriptedRemote(cluster, script);
    const abort = new AbortController();
    const first = sweep(study, executor, {
      abort: abort.signal,
      onEvent: (event) => event.type === 'warning' && abort.abort(),
    });
    await expect(first).rejects.toMatchObject({ code: 'executor.unseen' });
    expect(await results(study)).toEqual(['running']);
    isDark = false;
    // The next call is another process: the first one's attempt belongs to an owner that has ended.
    const [unfinished] = await study.storage.unfinished(study.id);
    const { attempt } = unfinished ?? {};
    if (!attempt) throw new Error('expected an attempt that was left running');
    await study.storage.takeOverAttempt(attempt.id, attempt.owner, DEAD_OWNER);
    await sweep(study, executor);
    expect(await results(study)).toEqual(['complete 1']);
    expect([...cluster.starts.values()]).toEqual([1]);
  });

  it('stops a job that is pruned, though the first answer is lost', async () => {
    let cancels = 0;
    const cluster = new ScriptedCluster((question) =>
      question === 'cancel' && ++cancels === 1 ? 'lost' : 'none',
    );
    const hangs = ({ params }: RunnableAttempt): JobScript => ({
      losses: params.n === 1 ? [1, 1] : [5],
      hangs: params.n !== 1,
    });
    const study = await newStudy(
      makeSpec(numbers(2), { pruner: { name: 'threshold', options: { upper: 3 } } }),
    );
    await sweep(study, new ScriptedRemote(cluster, hangs));
    expect((await results(study)).toSorted()).toEqual(['complete 1', 'pruned 5']);
    expect([...cluster.starts.values()]).toEqual([1, 1]);
  });
});

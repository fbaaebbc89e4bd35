import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type OfflineRecord, readOffline } from '../loggers/wandb/support.js';
import { hpo, makeSweep, runHere, spawnHpo, trialsOf, until, writeFiles } from '../support/cli.js';
import { describeWithReal } from '../support/real-part.js';

const filesIn = (folder: string) => {
  const wandb = join(folder, 'wandb');
  const runs = existsSync(wandb) ? readdirSync(wandb).sort() : [];
  return runs.map((name) => join(wandb, name, `run-${name.split('-').at(-1)}.wandb`));
};
const of = (records: readonly OfflineRecord[], kind: string) =>
  records.filter((record) => record.kind === kind);
const byName = (folder: string): Record<string, OfflineRecord[]> => {
  const runs = filesIn(folder).map((file) => readOffline(file));
  return Object.fromEntries(
    runs.map((records) => [String(of(records, 'run')[0]?.display_name), records]).sort(),
  );
};
const lossesOf = (records: readonly OfflineRecord[] | undefined) =>
  of(records ?? [], 'history').map(({ row }) => row?.loss);

describeWithReal('python', 'offline', () => {
  test('--wandb offline leaves a file for each trial, with no key and no server', async () => {
    const cwd = makeSweep();
    await hpo(cwd, 'optimize', '--wandb', 'offline');
    const names = readdirSync(join(cwd, 'wandb'));
    expect(names.every((name) => /^offline-run-\d{8}_\d{6}-[0-9a-f]{16}$/.test(name))).toBe(true);
    const runs = byName(cwd);
    expect(Object.keys(runs)).toEqual(['s-0', 's-1', 's-2']);
    expect(of(runs['s-1'] ?? [], 'run')[0]).toMatchObject({
      project: 'hyperparameters_sweep',
      run_group: 's',
      config: { x: 2, hpo: { study: 's', trial: 1 } },
    });
    expect(lossesOf(runs['s-1'])).toEqual([9, 2]);
    expect(of(runs['s-1'] ?? [], 'summary')[0]?.summary).toMatchObject({
      hpo_state: 'COMPLETE',
      hpo_value: 2,
    });
    expect(existsSync(join(cwd, 'outputs/s/.wandb'))).toBe(false);
  });

  test('kill -9 leaves no half of a file; the next call writes it, elsewhere where WANDB_DIR says so', async () => {
    const cwd = makeSweep({ trainer: 'gate.sh', parameters: { x: [1, 2] } });
    const running = spawnHpo(['optimize', '--wandb', 'offline'], { cwd });
    await running.says(/trial 1 step 1/);
    running.kill('SIGKILL');
    await running.ended;
    expect(filesIn(cwd)).toEqual([]);
    writeFiles(cwd, { go: '' });
    const env = { WANDB_MODE: 'offline', WANDB_DIR: 'elsewhere' };
    expect((await runHere(['optimize', '--wandb', 'offline'], { cwd, env })).code).toBe(0);
    const runs = byName(join(cwd, 'elsewhere'));
    expect(Object.values(runs).map(lossesOf)).toEqual([
      [5, 1],
      [5, 2],
    ]);
  });

  test('trials that are stopped and tried again: an attempt each, the first one closed as queued', async () => {
    const cwd = makeSweep({
      trainer: 'gate.sh',
      parameters: { x: [1, 2] },
      logging: { wandb: { mode: 'offline', name: '${trial}.${attempt}' } },
    });
    const running = spawnHpo(['optimize'], { cwd });
    await running.says(/trial 1 step 1/);
    running.kill('SIGTERM');
    expect((await running.ended).code).toBe(143);
    writeFiles(cwd, { go: '' });
    await hpo(cwd, 'optimize');
    const runs = byName(cwd);
    const ends = Object.entries(runs).map(([name, records]) => [
      name,
      lossesOf(records),
      of(records, 'summary')[0]?.summary?.hpo_state,
      of(records, 'exit')[0]?.exit_code,
    ]);
    expect(ends).toEqual([
      ['0.1', [5], 'QUEUED', 1],
      ['0.2', [5, 1], 'COMPLETE', 0],
      ['1.1', [5], 'QUEUED', 1],
      ['1.2', [5, 2], 'COMPLETE', 0],
    ]);
  });

  test('a trial that resumes from a checkpoint: its last run has its whole history', async () => {
    const trainer = `from=$(cat "$HPO_CHECKPOINT_DIR/epoch" 2>/dev/null || echo 0)
      for epoch in 1 2 3 4 5; do
        [ "$epoch" -gt "$from" ] || continue
        echo "METRIC epoch=$epoch loss=$((10 * epoch + HPO_TRIAL))"
        [ "$epoch" = 4 ] && [ "$from" = 0 ] && exit 3
        echo "$epoch" >"$HPO_CHECKPOINT_DIR/epoch"
      done`;
    const cwd = makeSweep({
      trainer: { command: ['sh', '-c', trainer] },
      parameters: { x: [1, 2] },
      checkpoints: 'remove',
      retries: 1,
      logging: { wandb: { mode: 'offline', name: '${trial}.${attempt}' } },
    });
    await hpo(cwd, 'optimize');
    expect(Object.entries(byName(cwd)).map(([name, records]) => [name, lossesOf(records)])).toEqual([
      ['0.1', [10, 20, 30, 40]],
      ['0.2', [10, 20, 30, 40, 50]],
      ['1.1', [11, 21, 31, 41]],
      ['1.2', [11, 21, 31, 41, 51]],
    ]);
  });

  test('a pruned trial, and one of several objectives, say what they came to', async () => {
    const cwd = makeSweep({
      trainer: 'gate.sh',
      parameters: { x: [1, 2] },
      pruner: { name: 'threshold', upper: 4, warmup_steps: 0 },
      logging: { wandb: { mode: 'offline' } },
    });
    await runHere(['optimize'], { cwd });
    await until(() => filesIn(cwd).length === 2);
    expect((await trialsOf(cwd)).map(({ state }) => state)).toEqual(['PRUNED', 'PRUNED']);
    for (const records of Object.values(byName(cwd))) {
      expect(of(records, 'exit')[0]?.exit_code).toBe(0);
      expect(of(records, 'summary')[0]?.summary).toMatchObject({ hpo_state: 'PRUNED', hpo_value: 5 });
    }
    const several = makeSweep({
      objective: undefined,
      objectives: [
        { metric: 'loss', direction: 'minimize' },
        { metric: 'size', direction: 'minimize' },
      ],
      trainer: { command: ['sh', '-c', 'echo METRIC loss=1 size=nan; echo METRIC loss=2 size=3'] },
      parameters: { x: [1] },
    });
    await hpo(several, 'optimize', '--wandb', 'offline');
    const [run = []] = Object.values(byName(several));
    expect(of(run, 'history').map(({ row }) => row?.size)).toEqual(['nan', 3]);
    expect(of(run, 'summary')[0]?.summary).toMatchObject({ hpo_values: [2, 3] });
  });
});

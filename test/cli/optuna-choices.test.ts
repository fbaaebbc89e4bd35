import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hpo, makeSweep, sweepFile, trialsOf, writeFiles } from '../support/cli.js';
import { askOptuna } from '../support/optuna.js';
import { describeWithReal } from '../support/real-part.js';

type Said = {
  readonly lists: readonly (readonly unknown[])[];
  readonly params: readonly unknown[];
  readonly added: number;
  readonly refusal: string;
  readonly best: unknown;
};

const sweepWith = (opt: readonly (string | null)[]) => ({
  sampler: 'random',
  max_concurrent: 1,
  parameters: { opt, x: { min: 0, max: 1 } },
});

describeWithReal('optuna', 'a study whose lists of choices grow and shrink', () => {
  const continued = async (cwd: string, opt: readonly (string | null)[]) => {
    writeFiles(cwd, { 'cfg/sweep.yaml': sweepFile(sweepWith(opt)) });
    await hpo(cwd, 'optimize', '--allow-change', '--trials', '+4');
    return (await trialsOf(cwd)).map(({ params }) => params.opt);
  };
  const optuna = (cwd: string) => askOptuna<Said>('other_lists.py', join(cwd, 'storage/hpo.db'), ['s', '4']);

  test('is read and continued by Optuna, then by hpo, and each time no trial has lost its value', async () => {
    const cwd = makeSweep(sweepWith(['sgd', 'adam']));
    await hpo(cwd, 'optimize', '--trials', '4');
    const first = await continued(cwd, ['lion', null, 'adam']);
    const said = await optuna(cwd);
    // Optuna refuses another list than that of the trials, so all have one.
    expect(said).toMatchObject({ lists: [['sgd', 'adam', 'lion', null]], params: first });
    expect([said.added, said.refusal]).toEqual([5, expect.stringContaining('dynamic value space')]);
    const theirs = (await trialsOf(cwd)).map(({ params }) => params.opt);
    expect(theirs.slice(0, 8)).toEqual(first);
    const last = await continued(cwd, ['muon']);
    expect(last).toEqual([...theirs, 'muon', 'muon', 'muon', 'muon']);
    expect(await optuna(cwd)).toMatchObject({
      lists: [['sgd', 'adam', 'lion', null, 'muon']],
      // The trial that was refused has no parameter.
      params: last.map((opt) => opt ?? null),
    });
  });

  test('is one of Optuna at first: hpo continues it with another list', async () => {
    const cwd = makeSweep(sweepWith(['gelu', 'relu']));
    mkdirSync(join(cwd, 'storage'));
    await askOptuna('foreign_list.py', join(cwd, 'storage/hpo.db'), ['s']);
    await hpo(cwd, 'optimize', '--trials', '+4');
    const said = await optuna(cwd);
    expect(said.lists).toEqual([[[1, 2], 'relu', 'gelu']]);
    expect(said.params.slice(0, 2)).toEqual([[1, 2], 'relu']);
    expect(new Set(said.params.slice(2))).toEqual(new Set(['gelu', 'relu']));
  });
});

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { wandbSchema } from '../../src/config/logging-schema.js';
import { WANDB_PLACEHOLDERS } from '../../src/config/wandb.js';
import { readOffline } from '../loggers/wandb/support.js';
import { hpo, makeProject } from '../support/cli.js';
import { describeWithReal } from '../support/real-part.js';
import { ROOT } from './run-example.js';

const page = readFileSync(join(ROOT, 'docs', 'wandb.md'), 'utf8');
const example = (language: string) =>
  new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'ms').exec(page)?.[1] ?? '';

test('docs/wandb.md names every key and placeholder', () => {
  for (const key of Object.keys(wandbSchema.shape)) expect(page).toContain(`\`${key}\``);
  for (const name of WANDB_PLACEHOLDERS) expect(page).toContain(`\`\${${name}}\``);
});

describeWithReal('python', 'the example of docs/wandb.md', () => {
  test('leaves four runs for wandb sync', async () => {
    const cwd = makeProject({ 'cfg/sweep.yaml': example('yaml'), 'train.sh': example('sh') });
    await hpo(cwd, 'optimize');
    const folders = readdirSync(join(cwd, 'wandb'));
    const runs = folders.map((name) =>
      readOffline(join(cwd, 'wandb', name, `run-${name.split('-').at(-1)}.wandb`)),
    );
    const names = runs.map((records) => records.find(({ kind }) => kind === 'run')?.display_name);
    expect(names.sort()).toEqual(['digits-0-sgd', 'digits-1-sgd', 'digits-2-adam', 'digits-3-adam']);
    for (const records of runs) {
      const rows = records
        .filter(({ kind }) => kind === 'history')
        .map(({ row }) => [row?.loss, row?.accuracy]);
      expect(rows).toEqual([
        [0.8, 0.6],
        [0.7, 0.7],
        [0.6, 0.8],
      ]);
    }
  });
});

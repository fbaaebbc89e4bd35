import { expect, test } from 'vitest';
import { load, mistakes } from './files.js';

const sweep = (wandb: string) =>
  `objective: { metric: loss, direction: minimize }
trainer: { command: [a] }
parameters: { lr: [1, 2], opt.name: [a] }
logging: { wandb: ${wandb} }
`;

test('without a section there is nothing; with one it is on', async () => {
  expect((await load('parameters: { learner.opt: [sgd] }\n')).run.wandb).toBeNull();
  expect((await load(sweep('{}'))).run.wandb).toEqual({
    enabled: true,
    project: null,
    entity: null,
    group: '${study}',
    name: '${study}-${trial}',
    tags: [],
    notes: null,
    jobType: null,
    mode: 'online',
    client: 'native',
  });
  expect((await load(sweep('{ enabled: false }'))).run.wandb?.enabled).toBe(false);
});

test('a template names what there is, anywhere in a text', async () => {
  const text = '${study} ${trial} ${attempt} ${configuration} ${repeat} ${seed} ${device} ${lr}/${opt.name}';
  expect((await load(sweep(`{ name: "${text}" }`))).run.wandb?.name).toBe(text);
});

test('mistakes are reported with their positions', async () => {
  const found = await mistakes(
    sweep('{ name: "${trail}", tags: [x, "${opt}"], notes: "${constructor} ${}", project: a/b, mode: on }'),
  );
  expect(found).toMatchInlineSnapshot(`
    "sweep.yaml:4:98 error[config.bad-value]: expected a name of at most 128 characters, none of them /, \\, #, ?, % or :, got the text "a/b"
    sweep.yaml:4:109 error[config.bad-value]: expected online, offline or disabled, got the text "on""
  `);
  expect(
    await mistakes(sweep('{ name: "${trail}", tags: [x, "${opt}"], notes: "${constructor} ${}" }')),
  ).toMatchInlineSnapshot(`
    "sweep.yaml:4:27 error[config.unknown-placeholder]: expected \${study}, \${trial} and the like or a parameter, got \${trail}
      fix: did you mean trial?
    sweep.yaml:4:49 error[config.unknown-placeholder]: expected \${study}, \${trial} and the like or a parameter, got \${opt}
      fix: use one of study, trial, attempt, configuration, repeat, seed, device, lr, opt.name
    sweep.yaml:4:67 error[config.unknown-placeholder]: expected \${study}, \${trial} and the like or a parameter, got \${constructor}
      fix: use one of study, trial, attempt, configuration, repeat, seed, device, lr, opt.name
    sweep.yaml:4:67 error[config.unknown-placeholder]: expected \${study}, \${trial} and the like or a parameter, got \${}
      fix: use one of study, trial, attempt, configuration, repeat, seed, device, lr, opt.name"
  `);
});

import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, onTestFinished, test } from 'vitest';
import { cleanEnv, MAIN } from '../../support/bundle.js';
import { makeProject, until } from '../../support/cli.js';
import { addStudy } from '../../support/shown-study.js';
import type { Data } from './support.js';

/** A program to tune: the best is lr = 0.1 with adam; sgd with a large lr diverges. */
const PROGRAM = `
const { lr, opt } = JSON.parse(process.env.HPO_PARAMS);
if (opt === 'sgd' && lr > 0.3) throw new RangeError('diverged');
console.log('METRIC loss=' + ((Math.log10(lr) + 1) ** 2 + (opt === 'adam' ? 0 : 0.3)));
`;
const SWEEP = {
  objective: { metric: 'loss', direction: 'minimize' },
  parameters: { lr: { min: 0.001, max: 1, log: true }, opt: ['sgd', 'adam'] },
  trainer: { command: [process.execPath, 'train.cjs'] },
  sampler: 'random',
  trials: 24,
  devices: 'cpu',
  max_concurrent: 2,
};

async function connected(cwd: string): Promise<Client> {
  const client = new Client({ name: 'test', version: '1' });
  const env = cleanEnv({ HPO_LEASE_DIR: `${cwd}/leases` }) as Record<string, string>;
  const transport = new StdioClientTransport({ command: process.execPath, args: [MAIN, 'mcp'], cwd, env });
  await client.connect(transport);
  onTestFinished(() => client.close());
  return client;
}

test('an agent tunes a program with the SDK of TypeScript: plan, start, status, best, importance, plot and the rest', async () => {
  const cwd = makeProject({
    'train.cjs': PROGRAM,
    'first.yaml': JSON.stringify({ ...SWEEP, study: 'first' }),
    'second.yaml': JSON.stringify({ ...SWEEP, study: 'second', trials: 6 }),
  });
  const client = await connected(cwd);
  const call = async (name: string, given: Record<string, unknown>) => {
    const { isError, structuredContent, content } = await client.callTool({ name, arguments: given });
    expect([isError, content]).toEqual([false, expect.anything()]);
    return structuredContent as Data;
  };
  const { tools } = await client.listTools();
  expect(tools.map(({ name }) => name)).toEqual([
    ...['plan', 'start', 'status', 'best', 'trials', 'importance', 'plot'],
    ...['enqueue', 'stop', 'explain_failure', 'compare'],
  ]);

  const plan = await call('plan', { sweep: 'first.yaml' });
  expect(plan.trials[0].params).toEqual({ lr: expect.any(Number), opt: expect.stringMatching(/sgd|adam/) });
  expect(plan).toMatchObject({ search: 'sampler random, scheduler auto', more: 22 });
  for (const name of ['first', 'second']) {
    await call('hpo_start', { sweep: `${name}.yaml` });
    await until(async () => (await call('status', { study: name })).state !== 'running');
    expect(await call('hpo_status', { study: name })).toMatchObject({ state: 'finished', end: 'budget' });
  }

  const { trials: counts, failures } = await call('status', { study: 'first' });
  const { best, command, note } = await call('best', { study: 'first', top: 2 });
  expect(note).toBe(`0 pruned and ${counts.fail} failed trials have no result: see trials`);
  // It is compared with none, and the others with it.
  expect(best.map((each: Data) => 'distinguishable' in each)).toEqual([false, true]);
  expect(best).toHaveLength(2);
  expect(best[0]).toMatchObject({ params: { opt: 'adam' }, value: expect.any(Number), std: null, n: 1 });
  expect(best[0].value).toBeLessThan(0.3);
  expect(command).toContain('train.cjs');

  const importance = await call('importance', { study: 'first' });
  for (const each of importance.objectives[0].parameters) {
    expect(each.low).toBeLessThanOrEqual(each.importance);
    expect(each.importance).toBeLessThanOrEqual(each.high);
  }
  expect(importance.best).toMatchObject({ values: { opt: { adam: 3 } }, notes: [] });

  const { trials: failed, note: more } = await call('trials', { study: 'first', state: 'fail', top: 1 });
  expect(failed.map(({ trial }: Data) => trial)).toEqual(failures[0].numbers.slice(0, 1));
  expect(failed[0]).toMatchObject({ values: null, step: null, reason: expect.stringContaining('diverged') });
  expect(more).toMatch(/more/);
  const where = { study: 'first', where: 'opt == "adam"', sort: '-lr', top: 1000 };
  const lrs = (await call('trials', where)).trials.map(({ params }: Data) => params.lr);
  expect(lrs).toEqual(lrs.toSorted((a: number, b: number) => b - a));
  expect(lrs.length).toBeGreaterThan(3);

  const { content } = (await client.callTool({
    name: 'plot',
    arguments: { study: 'first', kind: 'contour', params: 'opt, lr', log: true, outliers: true },
  })) as {
    content: { type: string; mimeType?: string; data?: string }[];
  };
  const image = content.find(({ type }) => type === 'image');
  expect(image?.mimeType).toBe('image/png');
  expect(
    Buffer.from(image?.data ?? '', 'base64')
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG');

  const failure = await call('explain_failure', { study: 'first' });
  expect(failure).toMatchObject({ error: 'RangeError: diverged', exitCode: 1, params: { opt: 'sgd' } });
  expect(failure.similar).toHaveLength(5);
  // What the log of another trial says at its end is no error.
  const fine = await call('explain_failure', { study: 'first', trial: best[0].trials[0] });
  expect(fine).toMatchObject({
    note: expect.stringMatching(/has not failed: it is complete$/),
    error: null,
    attempts: [{ error: null }],
    values: [best[0].value],
    step: 1,
  });
  const odd = await client.callTool({ name: 'plot', arguments: { study: 'first', params: 'lr' } });
  expect(odd).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('plot.params') }] });
  expect(await call('compare', { a: 'first', b: 'second' })).toMatchObject({
    studies: [{}, {}],
    tests: [{}],
  });

  const refused = await client.callTool({
    name: 'enqueue',
    arguments: { study: 'second', params: { lr: 7 } },
  });
  expect(refused).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining('enqueue.bad-value') }],
  });
  const queued = await call('enqueue', { study: 'second', params: { lr: 0.1, opt: 'adam' } });
  await call('start', { sweep: 'second.yaml' });
  await until(async () => (await call('status', { study: 'second' })).state === 'finished');
  expect((await call('best', { study: 'second' })).best[0]).toMatchObject({
    value: 0,
    trials: [queued.trial],
  });
});

test('studies and logs are resources, under names that are percent-encoded', async () => {
  const log =
    'console.log("\\x1b[31mred\\x1b[0m \\u202e"); console.log("x".repeat(99).concat("\\n").repeat(2000));';
  const cwd = makeProject({
    'train.cjs': `${log}${PROGRAM}`,
    'sweep.yaml': JSON.stringify({ ...SWEEP, study: 's', trials: 1 }),
  });
  // Names that no sweep file may give, but programs.
  await addStudy(`sqlite:${cwd}/storage/hpo.db`, 'a b/µ?', { seed: 1, shift: 0 });
  const client = await connected(cwd);
  await client.callTool({ name: 'start', arguments: { sweep: 'sweep.yaml' } });
  const status = async () => JSON.parse(await read('hpo://studies/s')) as Data;
  const read = async (uri: string) =>
    ((await client.readResource({ uri })).contents[0] as { readonly text: string }).text;
  await until(async () => (await status()).state !== 'running');
  const { resources } = await client.listResources();
  expect(resources.map(({ uri, name }) => [uri, name])).toEqual([
    ['hpo://reference/sweep', 'sweep file'],
    ['hpo://studies/a%20b%2F%C2%B5%3F', 'a b/µ?'],
    ['hpo://studies/s', 's'],
  ]);
  expect(JSON.parse(await read('hpo://studies/a%20b%2F%C2%B5%3F'))).toMatchObject({ study: 'a b/µ?' });
  const { resourceTemplates } = await client.listResourceTemplates();
  expect(resourceTemplates.map(({ uriTemplate }) => uriTemplate)).toEqual([
    'hpo://studies/{study}',
    'hpo://studies/{study}/trials/{trial}/log',
  ]);
  const text = await read('hpo://studies/%73/trials/0/log');
  expect(text).toMatch(/METRIC loss=|diverged/);
  expect(text.length).toBeLessThanOrEqual(64 * 1024);
  expect(text).not.toMatch(/\u001b|\u202e/);
  for (const uri of [
    'hpo://studies/none',
    'hpo://studies/s/trials/9/log',
    'hpo://studies/%zz',
    'file:///etc/passwd',
  ])
    await expect(client.readResource({ uri })).rejects.toMatchObject({ code: -32002 });
});

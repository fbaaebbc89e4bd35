import { readFileSync } from 'node:fs';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { expect, onTestFinished, test } from 'vitest';
import { cleanEnv, MAIN } from '../../support/bundle.js';
import { makeProject, until } from '../../support/cli.js';
import { describeWithReal } from '../../support/real-part.js';
import type { Data } from './support.js';

const PAGE = readFileSync(new URL('../../../skills/hpo/SKILL.md', import.meta.url), 'utf8');

/** The blocks of the page that are files, by name. */
const FILES = Object.fromEntries(
  [...PAGE.matchAll(/`(\S+)`:\n\n```\w+\n([\s\S]*?)```/g)].map(([, name, text]) => [name, text]),
) as Record<string, string>;
/** The calls of the page, in its order. */
const CALLS = [...(/```text\n([\s\S]*?)```/.exec(PAGE)?.[1] ?? '').matchAll(/^(\w+) +(\{.*\})$/gm)].map(
  ([, name = '', given = '']) => ({ name, given: JSON.parse(given) as Record<string, unknown> }),
);

test('the skill is one page with a name, and names only tools that exist', () => {
  expect(PAGE).toMatch(/^---\nname: hpo\ndescription: \S.*\n---\n/);
  expect(PAGE.split('\n').length).toBeLessThan(100);
  expect(CALLS.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['plan', 'start', 'status', 'best', 'importance']),
  );
});

describeWithReal('python', 'an agent that only knows the skill', () => {
  test('tunes its program by the calls of the page, and knows the best parameters and which of them matter', async () => {
    const cwd = makeProject(FILES);
    const env = cleanEnv({ HPO_LEASE_DIR: `${cwd}/leases` }) as Record<string, string>;
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(
      new StdioClientTransport({ command: process.execPath, args: [MAIN, 'mcp'], cwd, env }),
    );
    onTestFinished(() => client.close());
    const said: [string, Data][] = [];
    for (const { name, given } of CALLS) {
      const call = async () => {
        const { isError, structuredContent, content } = await client.callTool({ name, arguments: given });
        expect([isError, content]).toEqual([false, expect.anything()]);
        return structuredContent as Data;
      };
      const ended = async () => {
        const each = await call();
        return each.state === 'running' ? null : each;
      };
      said.push([name, name === 'status' ? ((await until(ended)) as Data) : await call()]);
    }
    const last = (name: string) => said.findLast(([each]) => each === name)?.[1] as Data;
    const first = (name: string) => said.find(([each]) => each === name)?.[1] as Data;
    expect(first('status')).toMatchObject({ state: 'finished', trials: { fail: 0 } });
    expect(first('status').trials.complete).toBeGreaterThan(5);
    // One run each: nobody knows yet whether the best is better.
    expect(first('best')).toMatchObject({ test: null, next: expect.stringContaining('initial_points') });
    const [best] = first('best').best;
    // Which of them one search of 30 trials finds is left to chance.
    expect(best.params).toEqual({ lr: expect.any(Number), opt: expect.stringMatching(/^(?:adam|sgd)$/) });
    expect(best.value).toBeLessThan(1);
    const { trials } = last('trials');
    expect(trials[0]).toMatchObject({ state: 'complete', step: 5, values: [best.value] });
    expect(trials).toHaveLength(10);
    // The check says how much better than the defaults it is, and that it is so.
    expect(last('status')).toMatchObject({ state: 'finished', trials: { complete: 10, pruned: 0 } });
    expect(last('best')).toMatchObject({
      best: [
        { params: { opt: 'adam' }, n: 5 },
        { params: { lr: 0.01, opt: 'sgd' }, n: 5, distinguishable: true },
      ],
      test: 'paired t-test by seed',
      next: null,
    });
    const { parameters } = last('importance').objectives[0];
    expect(parameters.map(({ name }: Data) => name).toSorted()).toEqual(['lr', 'opt']);
    expect(last('enqueue').trial).toBe(30);
    expect(last('plan').trials[0].params).toHaveProperty('opt');
  });
});

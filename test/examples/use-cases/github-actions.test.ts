import { cpSync, existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { tempDir } from '../../executors/local/harness.js';
import { newDatabase, postgresServer } from '../../support/postgres.js';
import { describeWithReal } from '../../support/real-part.js';
import { ROOT } from '../run-example.js';
import { checkQuoted, projectOf, shell } from './page-run.js';

type Step = {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, string | number | boolean>>;
};
type Job = {
  readonly needs?: string;
  readonly strategy?: {
    readonly matrix: Readonly<Record<string, number[]>>;
    readonly 'max-parallel'?: number;
  };
  readonly steps: readonly Step[];
};
type Workflow = { readonly jobs: Readonly<Record<string, Job>> };

const FOLDER = join(ROOT, 'examples', 'github-actions', '.github', 'workflows');
const textOf = (name: string) => readFileSync(join(FOLDER, `${name}.yml`), 'utf8');

type Parser = typeof import('@actions/workflow-parser');

/** Returns GitHub's own parser of workflows, bundled: Node imports no JSON in the way it does. */
async function parserOfWorkflows(): Promise<Parser> {
  const outfile = join(tempDir(), 'parser.cjs');
  const stdin = { contents: "export * from '@actions/workflow-parser'", resolveDir: ROOT };
  await build({ stdin, outfile, bundle: true, format: 'cjs', platform: 'node' });
  return createRequire(import.meta.url)(outfile) as Parser;
}

/** Runs each job of a workflow in a folder of its own, as a runner does: its commands by bash, its artifacts by copies. */
async function runWorkflow(name: string, env: Readonly<Record<string, string>> = {}) {
  const { jobs } = parse(textOf(name)) as Workflow;
  const artifacts = join(projectOf('github-actions'), 'artifacts');
  const summary = join(dirname(artifacts), 'summary.md');
  const runJob = async ({ steps }: Job) => {
    const project = projectOf('github-actions');
    const cwd = join(project, 'examples', 'github-actions');
    const outputs: string[] = [];
    for (const step of steps) {
      const { name: artifact, pattern, path } = step.with ?? {};
      const kept = join(artifacts, String(artifact ?? pattern));
      if (step.uses?.startsWith('actions/upload-artifact@'))
        cpSync(join(cwd, dirname(String(path))), kept, { recursive: true });
      else if (step.uses?.startsWith('actions/download-artifact@')) {
        if (existsSync(kept)) cpSync(kept, join(cwd, String(path)), { recursive: true });
        else expect([artifact, pattern]).toEqual([undefined, expect.any(String)]);
      } else if (step.uses !== undefined) expect(step.uses).toMatch(/^actions\/(checkout|setup-node)@v\d$/);
      // hpo is installed already.
      else if (step.run !== 'npm ci') {
        const { code, output } = await shell(
          step.run ?? '',
          cwd,
          { GITHUB_STEP_SUMMARY: summary, ...env },
          'bash',
        );
        expect({ code, output }).toEqual({ code: 0, output });
        outputs.push(output);
      }
    }
    return outputs.join('');
  };
  const said: string[] = [];
  // `needs` names an earlier job in these files.
  for (const job of Object.values(jobs)) {
    const copies = Object.values(job.strategy?.matrix ?? { once: [1] }).flat();
    if (job.strategy?.['max-parallel'] === 1) for (const _ of copies) said.push(await runJob(job));
    else said.push(...(await Promise.all(copies.map(() => runJob(job)))));
  }
  return { said, summary: readFileSync(summary, 'utf8') };
}

describe('docs/guides/github-actions.md', () => {
  test('jobs one after another continue the study in the artifact', async () => {
    checkQuoted('docs/guides/github-actions.md', join(ROOT, 'examples', 'github-actions'));
    const { said, summary } = await runWorkflow('one-after-another');
    expect(said.slice(0, 3)).toEqual(
      [4, 8, 12].map((count) => expect.stringContaining(`: ${count} complete`)),
    );
    for (const text of said) expect(text).not.toContain('warning');
    expect(summary).toContain('12 complete');
  });

  test("the workflows are what GitHub's own parser accepts", async () => {
    const { parseWorkflow, convertWorkflowTemplate, NoOperationTraceWriter } = await parserOfWorkflows();
    const problemsOf = async (content: string) => {
      const { context, value } = parseWorkflow({ name: 'a.yml', content }, new NoOperationTraceWriter());
      if (value !== undefined) await convertWorkflowTemplate(context, value);
      return context.errors.getErrors().map(({ message }) => message);
    };
    for (const name of ['one-after-another', 'all-at-once']) {
      expect(await problemsOf(textOf(name))).toEqual([]);
      expect(await problemsOf(textOf(name).replace('runs-on', 'run-on'))).not.toEqual([]);
      expect(await problemsOf(textOf(name).replace('needs: search', 'needs: nothing'))).not.toEqual([]);
    }
  });
});

describeWithReal('postgres', 'docs/guides/github-actions.md', () => {
  test('jobs at the same time share a study in PostgreSQL', async () => {
    const { port, password } = await postgresServer();
    const { said, summary } = await runWorkflow('all-at-once', {
      PGHOST: '127.0.0.1',
      PGPORT: String(port),
      PGUSER: 'hpo',
      PGPASSWORD: password,
      PGDATABASE: await newDatabase(),
      PGSSLMODE: 'require',
    });
    expect(said.join('')).not.toContain(password);
    expect(summary).toContain('12 complete');
    // Each trial ran in one of the jobs.
    const ran = said.flatMap((text) => [...text.matchAll(/trial (\d+) COMPLETE/g)].map(([, n]) => Number(n)));
    expect(ran.sort((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, n) => n));
  });
});

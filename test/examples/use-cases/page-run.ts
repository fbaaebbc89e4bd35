import { spawn } from 'node:child_process';
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, onTestFinished } from 'vitest';
import { cleanEnv, MAIN } from '../../support/bundle.js';
import { hpo, killIfThere, trainersIn } from '../../support/cli.js';
import { until } from '../../support/until.js';
import { ROOT } from '../run-example.js';

type Block = {
  readonly place: string;
  readonly language: string;
  readonly code: string;
  readonly orders: readonly { readonly name: string; readonly rest: string }[];
};
type Reader = { readonly readPage: (path: string) => { readonly blocks: readonly Block[] } };
const blocks: string = pathToFileURL(join(ROOT, 'scripts', 'docs', 'blocks.mjs')).href;
const { readPage } = (await import(blocks)) as Reader;

/** A folder with an npx that is quick. */
const BIN = join(ROOT, 'test', 'examples', 'use-cases', 'bin');

type Run = {
  /** Only blocks with this text run, in the folder of the example. */
  readonly only?: string;
  /** Blocks with this text are left out. */
  readonly without?: string;
  readonly env?: Readonly<Record<string, string>>;
};

/** What the page of an example printed, and the folder in which it did. */
export type PageRun = {
  /** The output of each block, both streams together. */
  readonly outputs: readonly string[];
  /** The copy of the example. */
  readonly folder: string;
  /** Runs hpo there once more, and returns the JSON that it prints. */
  readonly json: (...args: string[]) => Promise<unknown>;
};

/**
 * Runs the blocks of commands of a page in a copy of its example, in one shell, as somebody does who follows it. The page and the example
 * have the same name; the folder around it has hpo as npm installs it. Nothing that they start is left. Where HPO_WRITE_PAGES is
 * set, what they print is written to the page.
 */
export async function runPage(name: string, run: Run = {}): Promise<PageRun> {
  const project = projectOf(name);
  const page = `docs/guides/${name}.md`;
  const folder = join(project, 'examples', name);
  checkQuoted(page, folder);
  const texts = commandsOf(page).filter(
    (code) => code.includes(run.only ?? '') && !(run.without && code.includes(run.without)),
  );
  expect(texts.length).toBeGreaterThan(0);
  const mark = '== the next block ==';
  const cwd = texts[0]?.startsWith('cd ') ? project : folder;
  const { code, output } = await shell(texts.join(`\necho '${mark}'\n`), cwd, run.env ?? {});
  expect({ code, output }).toEqual({ code: 0, output });
  const outputs = output.split(`${mark}\n`);
  await until(() => trainersIn(project).length === 0);
  if (process.env.HPO_WRITE_PAGES) writeOutputs(page, texts, outputs);
  checkOutputs(page, texts, outputs);
  return { outputs, folder, json: async (...args) => JSON.parse(await hpo(folder, ...args, '--json')) };
}

/** Returns the blocks of a page that its test runs. */
function commandsOf(page: string): string[] {
  const { blocks } = readPage(page);
  return blocks.filter((block) => block.language === 'sh' && isOfTests(block)).map(({ code }) => code);
}

function isOfTests({ orders }: Pick<Block, 'orders'>): boolean {
  return orders.some(({ name, rest }) => name === 'in' && rest.includes('/use-cases/'));
}

/** Returns a new project with the example's folder and hpo; it is removed after the test. */
export function projectOf(name: string): string {
  const project = realpathSync(mkdtempSync(join(tmpdir(), 'hpo-page-')));
  onTestFinished(() => {
    trainersIn(project).forEach(killIfThere);
    rmSync(project, { recursive: true, force: true, maxRetries: 5 });
  });
  // Without what somebody who followed the page in this checkout has left.
  const filter = (path: string) =>
    !/\/(outputs|storage|hpo\.py|runs[^/]*\.csv|[^/]*\.(db|gz)(-\w+)?)$/.test(path);
  cpSync(join(ROOT, 'examples', name), join(project, 'examples', name), { recursive: true, filter });
  writeFileSync(join(project, 'package.json'), '{ "type": "module", "private": true }\n');
  const modules = join(project, 'node_modules');
  mkdirSync(join(modules, '.bin'), { recursive: true });
  symlinkSync(ROOT, join(modules, 'hpo'), 'dir');
  symlinkSync(MAIN, join(modules, '.bin', 'hpo'));
  mkdirSync(join(modules, '@types'));
  for (const name of ['.bin/tsx', '.bin/tsc', '@types/node'])
    symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  return project;
}

/** Runs commands as one text, and returns the exit code and what they printed; none of them outlives the test. */
export function shell(
  text: string,
  cwd: string,
  more: Readonly<Record<string, string>>,
  program = 'sh',
): Promise<{ code: number | null; output: string }> {
  const path = [BIN, dirname(process.execPath), process.env.PATH].join(delimiter);
  const env = cleanEnv({
    HPO_LEASE_DIR: join(cwd, 'leases'),
    npm_config_offline: 'true',
    PATH: path,
    ...more,
  });
  const child = spawn(program, ['-ec', text], {
    cwd,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    if (child.exitCode === null) process.kill(-(child.pid as number), 'SIGKILL');
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (said: string) => {
      output += said;
    });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

/** A block of text right after one of commands, announced as what they print. */
const SHOWN = /^```\n\n<!-- output -->\n```text\n(.*?)```/s;

/** What a page shows begins as what came now: with names of columns, but not those that depend on the figures. */
function checkOutputs(page: string, texts: readonly string[], outputs: readonly string[]): void {
  const all = readFileSync(join(ROOT, page), 'utf8');
  for (const [k, text] of texts.entries()) {
    const [, shown = ''] = SHOWN.exec(all.slice(all.indexOf(text) + text.length)) ?? [];
    const names = shown
      .split('\n', 1)
      .flatMap((line) => line.split(/\s+/).filter((word) => !/\d|^(?:limits|std)$/.test(word)));
    for (const name of names) expect(outputs[k]).toContain(name);
  }
}

/** Every other block that names this test is a file of the example, or a part of one. */
export function checkQuoted(page: string, folder: string): void {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
  for (const { language, code, orders, place } of readPage(page).blocks) {
    if (language === 'sh' || !isOfTests({ orders })) continue;
    expect([place, files.some((text) => text.includes(code))]).toEqual([place, true]);
  }
}

function writeOutputs(page: string, texts: readonly string[], outputs: readonly string[]): void {
  const path = join(ROOT, page);
  let all = readFileSync(path, 'utf8');
  for (const [k, text] of texts.entries()) {
    const from = all.indexOf(text) + text.length;
    const now = () => `\`\`\`\n\n<!-- output -->\n\`\`\`text\n${outputs[k]}\`\`\``;
    all = all.slice(0, from) + all.slice(from).replace(SHOWN, now);
  }
  writeFileSync(path, all);
}

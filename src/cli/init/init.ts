import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { defaultName } from '../../config/default-name.js';
import { loadSweep } from '../../config/load.js';
import { usageError } from '../../core/errors.js';
import type { Direction } from '../../core/trial.js';
import { describeCommand } from '../../executors/trainer-command.js';
import { type Detected, detectMetrics } from '../../protocol/detect/detect.js';
import { directionOf } from '../../protocol/detect/metric-names.js';
import { asTyped } from '../as-typed.js';
import { ExitCode, warn } from '../output.js';
import { DEFAULT_SWEEP } from '../paths.js';
import { type Definition, findDefinition, problemOf } from './definition.js';
import { otherMetrics, warnOfFailure, warnOfNoDriver } from './failures.js';
import { ignoreOutputs } from './ignore-file.js';
import { initFiles, type Language } from './init-files.js';
import { planWithoutOptions } from './plain-script.js';
import { makePlan, type SearchPlan, TRIAL_DIR } from './plan.js';
import { HELPER, importsHelper, writeHelper } from './python/helper.js';
import { quietEnv } from './quiet-env.js';
import { Report } from './report.js';
import { type BoundedRun, runBounded } from './run-bounded.js';
import { type ScriptCommand, scriptCommand } from './script-command.js';
import { makeSweepText } from './sweep-text.js';

export type InitRequest = {
  /** The script with its arguments, or a whole command; empty: the script of this folder, or an example. */
  readonly script: readonly string[];
  /** An example in this language, if the folder has no script. */
  readonly language: Language | null;
  readonly out: string;
  /** Write the sweep file again where it exists. */
  readonly force: boolean;
  readonly metric: string | null;
  readonly direction: Direction | null;
  /** Print what was written as JSON on stdout, and the rest on stderr. */
  readonly json: boolean;
  /** Whether the script may run once to find its metrics. */
  readonly mayRun: (command: string) => Promise<boolean>;
};

/** Scripts that `hpo init` takes without being asked. */
const USUAL = ['train.py', 'main.py', 'run.py', 'train.mjs', 'train.js', 'train.ts'];
const RUN_LIMIT_MS = 30_000;

/** `hpo init`: writes a sweep file for a script, or an example with a script of its own. Overwrites nothing. */
export async function init(request: InitRequest): Promise<void> {
  const report = new Report(request.json);
  await write(request, report);
  report.end();
}

async function write(request: InitRequest, report: Report): Promise<void> {
  const { out, language, force } = request;
  const given = request.script.length > 0 ? request.script : scriptHere(language);
  const script = given === null ? null : scriptCommand(given);
  const isThere = existsSync(out) && !force;
  if (language === 'python') {
    const isNew = writeHelper(script?.file ? dirname(script.file) : '.', force, report);
    if (isNew && isThere) return report.say(`left ${out} as it is`);
    if (script === null && hasNotebook()) return report.say('next: import hpo, in the notebook');
  }
  if (isThere)
    throw usageError('init.file-exists', `expected a folder without ${out}, which is here already`, {
      fix: 'hpo optimize runs it; --force writes it again, --out cfg/OTHER.yaml another one',
    });
  if (script === null) {
    if (force) rmSync(out, { force: true });
    await writeExample(language, out, report);
  } else {
    // Before it runs.
    if (importsHelper(script.file) && !existsSync(join(dirname(script.file ?? ''), HELPER)))
      writeHelper(dirname(script.file ?? ''), false, report);
    await initScript(script, request, report);
  }
}

function hasNotebook(): boolean {
  return readdirSync('.').some((name) => name.endsWith('.ipynb'));
}

function scriptHere(language: Language | null): readonly string[] | null {
  if (language === 'node') return existsSync('train.mjs') ? ['train.mjs'] : null;
  const usual = USUAL.find((name) => existsSync(name) && (language === null || name.endsWith('.py')));
  if (usual !== undefined) return [usual];
  const scripts = readdirSync('.').filter(
    (name) => name.endsWith('.py') && !/^(?:hpo|setup|conftest|test_.*|.*_test)\.py$/.test(name),
  );
  return scripts.length === 1 ? scripts : null;
}

/** `language` null: nobody asked for one, and the example needs no other file. */
async function writeExample(language: Language | null, out: string, report: Report): Promise<void> {
  for (const { path, text } of initFiles(language, out)) writeNew(path, text, report);
  if (ignoreOutputs()) report.say('added the folders of hpo to .gitignore');
  await warnOfNoDriver();
  report.say(asTyped(`next: hpo optimize${sweepFlag(out)}`));
}

async function initScript(script: ScriptCommand, request: InitRequest, report: Report): Promise<void> {
  const definition = await findDefinition(script);
  const withOptions = makePlan(script, definition);
  const plain =
    withOptions.proposals.length === 0 ? planWithoutOptions(script, definition, withOptions) : null;
  const plan = plain?.plan ?? withOptions;
  const todo = [...(plain?.todo ?? []), ...missingTexts(plan, script)];
  if (definition.problem !== null) warnOfFailure(`${script.name} --help`, definition.problem, script);
  report.say(`${script.name}: ${describeOptions(definition, plan)}`);
  const ran = plan.missing.length > 0 ? null : await runOnce(plan.shortRun, script, { ...request, report });
  const detected = ran === null ? null : detectMetrics(ran.output, request.metric);
  if (ran !== null && detected === null) todo.push(...otherMetrics(ran, script, request.metric));
  const metrics = withWanted(detected, request);
  if (ran !== null) reportRun(ran, detected, script, report);
  if (metrics.length === 0) todo.push(NO_METRIC);
  const text = makeSweepText({
    study: defaultName(request.out === DEFAULT_SWEEP ? script.name : request.out),
    script: script.name,
    command: plan.command,
    proposals: plan.proposals,
    others: plan.others,
    metrics,
    format: detected?.format ?? null,
    todo,
  });
  await loadSweep({ sweepFile: request.out, text });
  if (request.force) rmSync(request.out, { force: true });
  writeNew(request.out, text, report);
  if (ignoreOutputs()) report.say('added the folders of hpo to .gitignore');
  for (const each of todo) warn(each);
  await warnOfNoDriver();
  const edit = todo.length > 0 ? `edit ${request.out}, then ` : '';
  report.parameters.push(...plan.proposals.map(({ option }) => option.name));
  report.metrics.push(...metrics);
  report.todo.push(...todo);
  report.say(asTyped(`next: ${edit}hpo optimize${sweepFlag(request.out)}`));
}

const NO_METRIC =
  'no metric was found: print lines such as METRIC epoch=1 loss=0.5, or set `metrics`, then name it in `objective`';

function missingTexts({ missing }: SearchPlan, { name }: ScriptCommand): string[] {
  return missing.map(({ flag, name: own }) => {
    const shown = flag === '' ? `the argument ${own}` : flag;
    return `${name} requires ${shown}: add it to trainer.command, or give it: hpo init --force ${name} -- ${flag === '' ? own.toUpperCase() : `${flag}=VALUE`}`;
  });
}

function describeOptions({ kind, given }: Definition, { proposals }: SearchPlan): string {
  const names = proposals.map(({ option }) => option.name).join(', ');
  if (kind === 'none' && given === null && proposals.length > 0)
    return `no options; the sweep file has ${names} as an example`;
  return `${proposals.length} parameter${proposals.length === 1 ? '' : 's'} to search: ${names}`;
}

async function runOnce(
  command: readonly string[],
  script: ScriptCommand,
  { mayRun, report }: InitRequest & { readonly report: Report },
): Promise<BoundedRun | null> {
  const shown = describeCommand(command.filter((word) => !word.includes(TRIAL_DIR)));
  if (!(await mayRun(shown))) return null;
  const folder = mkdtempSync(join(tmpdir(), 'hpo-init-'));
  report.say(`running ${shown} once, for at most ${RUN_LIMIT_MS / 1000} s, to find its metrics`);
  const argv = command.map((word) => word.replaceAll(TRIAL_DIR, folder));
  const env = { ...quietEnv(), HPO_SEED: '0', HPO_TRIAL_DIR: folder };
  const run = await runBounded(argv, { limitMs: RUN_LIMIT_MS, env });
  rmSync(folder, { recursive: true, force: true });
  if (run.end === 'interrupted') throw new ExitCode(130);
  const problem = problemOf(run);
  if (problem !== null) warnOfFailure(script.name, problem, script);
  return run;
}

function withWanted(detected: Detected | null, { metric, direction }: InitRequest) {
  const found = detected?.metrics ?? [];
  const wanted = metric === null ? [] : [{ name: metric, direction: directionOf(metric) ?? 'minimize' }];
  const [first, ...others] = found.length > 0 ? found : wanted;
  return first === undefined ? [] : [{ ...first, direction: direction ?? first.direction }, ...others];
}

function reportRun(
  { end }: BoundedRun,
  detected: Detected | null,
  { name }: ScriptCommand,
  report: Report,
): void {
  if (end === 'late') report.say(`${name} was stopped after ${RUN_LIMIT_MS / 1000} s`);
  if (detected === null) return;
  const [{ name: metric, direction } = { name: '', direction: '' }] = detected.metrics;
  const { printedAs } = detected;
  const source =
    printedAs === metric ? `which ${name} prints` : `read from "${printedAs}" in what ${name} prints`;
  report.say(`metric: ${direction} ${metric}, ${source}`);
}

function writeNew(path: string, text: string, report: Report): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { flag: 'wx' });
  report.written.push(path);
  report.say(`wrote ${path}`);
}

function sweepFlag(out: string): string {
  return out === DEFAULT_SWEEP ? '' : ` --sweep ${out}`;
}

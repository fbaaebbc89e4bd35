import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { hpo, makeProject, runHere, sweepFile } from '../support/cli.js';

/** Moves the cursor, sets the title and the clipboard, in C0 and in C1; turns the direction; ends a line; deletes. */
const NASTY = '\u001b[2J\u009b31m\u009d52;c;aGk=\u009c\u202egpj\u2066\u200f\u2028\u007f\u0007';
const STEERS =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/;

/** JSON in ASCII alone: a YAML file may not hold such characters as they are. */
const ascii = (json: string) =>
  json.replace(/[^\n -~]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** A study that has run, with a hostile trainer, hostile values, and then a hostile name and reason, as an attacker writes. */
async function hostileStudy() {
  const sweep = sweepFile({
    parameters: { x: [`a${NASTY}`, `b${NASTY}`, 'plain'] },
    trainer: 'steer.sh',
    max_concurrent: 1,
  });
  const cwd = makeProject({ 'cfg/sweep.yaml': ascii(sweep) });
  const ran = await runHere(['optimize', '--events', 'events.jsonl'], { cwd });
  return { cwd, ran };
}

function rename(cwd: string, name: string): void {
  const database = new Database(join(cwd, 'storage/hpo.db'));
  try {
    database.prepare('UPDATE studies SET study_name = ?').run(name);
    database.prepare('UPDATE hpo_attempts SET reason = ?, device = ?').run(`reason ${NASTY}`, `0${NASTY}`);
  } finally {
    database.close();
  }
}

const said = ({ stdout, stderr }: { stdout: string; stderr: string }) => stdout + stderr;

test('a sweep of a hostile trainer writes nothing to the terminal, the log or the events that could steer a terminal', async () => {
  const { cwd, ran } = await hostileStudy();
  expect([ran.code, ran.code === 0 ? '' : said(ran)]).toEqual([0, '']);
  expect(said(ran)).not.toMatch(STEERS);
  expect(said(ran)).toContain('malformed METRIC line');
  expect(said(ran)).toContain('x=a\\u001b[2J\\u009b31m');
  expect(said(ran)).toContain('  | cleared ');
  const log = readdirSync(join(cwd, 'outputs')).find((name) => /^sweep_.*\.log$/.test(name)) ?? '';
  const text = readFileSync(join(cwd, 'outputs', log), 'utf8');
  expect(text).toContain('malformed METRIC line');
  expect(text).not.toMatch(STEERS);
  const events = readFileSync(join(cwd, 'events.jsonl'), 'utf8');
  expect(events).not.toMatch(STEERS);
  const started = events.split('\n').find((line) => line.includes('trial-started')) ?? '';
  expect(JSON.parse(started)).toMatchObject({ params: { x: `a${NASTY}` } });
});

test('no command writes what could steer a terminal, whatever names, values and reasons a database holds', async () => {
  const { cwd } = await hostileStudy();
  const name = `evil${NASTY}`;
  rename(cwd, name);
  const here = ['--study', name];
  const csv = `x,${NASTY}\n"${NASTY}",nan\n`;
  const project = makeProject({ 'table.csv': csv });
  const commands: readonly (readonly [what: string, args: readonly string[], cwd?: string])[] = [
    ['list', ['study', 'list']],
    ['list --json', ['study', 'list', '--json']],
    ['show', ['study', 'show', name]],
    ['show --json', ['study', 'show', name, '--json']],
    ['trials', ['trials', ...here]],
    ['trials --json', ['trials', ...here, '--json']],
    ['best', ['best', ...here]],
    ['best --json', ['best', ...here, '--json']],
    ['importance', ['importance', ...here]],
    ['sorted', ['trials', ...here, '--sort', 'x', '--where', 'x != "1"']],
    ['show a trial', ['show', '0', ...here]],
    ['show a trial --json', ['show', '0', ...here, '--json']],
    ['summary', ['summary', ...here]],
    ['summary --markdown', ['summary', ...here, '--markdown']],
    ['plot history', ['plot', 'history', ...here]],
    ['plot slice', ['plot', 'slice', ...here]],
    ['plot parallel', ['plot', 'parallel', ...here]],
    ['plot --json', ['plot', 'curves', ...here, '--json']],
    ['an unknown plot', ['plot', NASTY, ...here]],
    ['compare', ['compare', '0', '1', ...here]],
    ['compare studies', ['compare', name, `other${NASTY}`]],
    ['a log of no trial', ['logs', '99', ...here]],
    ['hide', ['hide', '0', ...here]],
    ['note', ['note', '0', `note ${NASTY}`, ...here]],
    ['export', ['export-csv', ...here, '--out', 'out.csv']],
    ['tell', ['tell', '0', ...here, '--value', '1']],
    ['report', ['report', '0', ...here, '--step', '1', '--value', '1']],
    ['stop', ['stop', '0', ...here]],
    ['enqueue', ['enqueue', ...here, `x=${NASTY}`]],
    ['which study', ['trials', '--sweep', 'none.yaml', '--study', `other${NASTY}`]],
    ['optimize', ['optimize', ...here]],
    ['dry run', ['optimize', '--dry-run']],
    ['check', ['study', 'check']],
    ['an unknown flag', ['trials', `--${NASTY}`]],
    ['a bad number', ['tell', NASTY, ...here]],
    ['a bad storage', ['trials', '--storage', `sqlite:${NASTY.replaceAll('\0', '')}.db`]],
    ['import', ['import', 'table.csv', '--params', 'x', '--metric', NASTY], project],
    ['import of a missing column', ['import', 'table.csv', '--params', 'y', '--metric', 'z'], project],
    ['doctor', ['doctor', '--storage', `sqlite:${NASTY}.db`]],
    ['completion', ['completion', 'bash']],
    ['delete', ['study', 'delete', name]],
    ['delete --yes', ['study', 'delete', name, '--yes']],
  ];
  for (const [what, args, where = cwd] of commands) {
    const ran = await runHere(args, { cwd: where });
    expect([what, STEERS.exec(said(ran))?.[0] ?? '', /hpo\.defect/.test(said(ran))]).toEqual([
      what,
      '',
      false,
    ]);
    expect(said(ran)).not.toBe('');
  }
});

test('JSON and CSV hold the values as they are', async () => {
  const { cwd } = await hostileStudy();
  const trials = JSON.parse(await hpo(cwd, 'trials', '--json')) as { params: { x: string } }[];
  expect(trials.map(({ params }) => params.x)).toContain(`b${NASTY}`);
  await hpo(cwd, 'export-csv', '--out', 'out.csv');
  expect(readFileSync(join(cwd, 'out.csv'), 'utf8')).toContain(`b${NASTY}`);
});

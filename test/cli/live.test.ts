import { expect, test } from 'vitest';
import { makeProject, sweepFile, until, writeFiles } from '../support/cli.js';
import { HpoOnTerminal } from '../support/terminal.js';

// Three epochs, then it waits for the file `go`; the name of the parameter and a line of its output are hostile.
const TRAINER = `for step in 1 2 3; do echo "METRIC step=$step loss=$step"; done
printf '\\033[2J\\033]0;title\\007\\n'
while [ ! -e go ]; do sleep 0.1; done
echo METRIC loss=3
`;
const NAME = 'learner.a_rather_long_name_of_a_parameter';

function project(): string {
  const trainer = { command: ['sh', 'train.sh', '${overrides}'] };
  const parameters = { [NAME]: [0.25, 0.5, 0.75, 1] };
  return makeProject({
    'cfg/sweep.yaml': sweepFile({ trainer, parameters, max_concurrent: 3 }),
    'train.sh': TRAINER,
  });
}

const HEADER = /\d+\/4 trials/;
const texts = (terminal: HpoOnTerminal) => terminal.rows().map(({ text }) => text);
const headers = (terminal: HpoOnTerminal) => texts(terminal).filter((text) => HEADER.test(text));
const trials = (terminal: HpoOnTerminal) => terminal.rows().filter(({ text }) => /^ {2}trial \d/.test(text));

test('the live view survives resizing to 40 columns and back, and leaves only lines', async () => {
  const cwd = project();
  const terminal = new HpoOnTerminal(['optimize'], { columns: 120, rows: 30, cwd, env: {} });
  await until(() => trials(terminal).filter(({ text }) => text.includes('loss=3')).length === 3);
  expect(trials(terminal)[0]?.text).toMatch(
    /step 3 {2}loss=3 {2}▁▅█ {2}learner\.a_rather_long_name_of_a_parameter=/,
  );
  expect(headers(terminal)).toHaveLength(1);

  for (const columns of [40, 80, 40, 120]) {
    const before = terminal.raw.length;
    terminal.resize({ columns, rows: 30 });
    const header = columns === 40 ? /^0\/4 trials \| / : /^░+ 0\/4 trials \| /;
    const isDrawn = () => header.test(headers(terminal)[0] ?? '') && isWhole(terminal, columns);
    await until(() => terminal.raw.length > before && isDrawn());
    // No leftovers of wider rows.
    expect([headers(terminal).length, trials(terminal).length]).toEqual([1, 3]);
  }

  writeFiles(cwd, { go: '' });
  expect(await terminal.ended).toBe(0);
  expect(headers(terminal)).toHaveLength(0);
  expect(trials(terminal)).toHaveLength(0);
  expect(texts(terminal).filter((text) => / COMPLETE with 3 /.test(text))).toHaveLength(4);
  expect(texts(terminal).join('\n')).toContain('look further:');
  expect(terminal.raw).not.toContain('\u001b[2J');
  expect(terminal.raw).not.toContain('\u001b]0;');
});

/** Whether the display is its four rows, each narrower than the terminal, and nothing else below the lines above it. */
function isWhole(terminal: HpoOnTerminal, columns: number): boolean {
  const rows = terminal.rows();
  const shown = rows.slice(rows.findIndex(({ text }) => HEADER.test(text)));
  return shown.length === 4 && shown.every(({ text, isWrapped }) => !isWrapped && text.length < columns);
}

test('without UTF-8 and with NO_COLOR, a narrow terminal gets plain ASCII without colors', async () => {
  const cwd = project();
  writeFiles(cwd, { go: '' });
  const env = { LC_ALL: 'C', NO_COLOR: '1' };
  const terminal = new HpoOnTerminal(['optimize'], { columns: 40, rows: 12, cwd, env });
  expect(await terminal.ended).toBe(0);
  expect(terminal.raw).not.toMatch(/[\u0080-\u00ff]/);
  expect(terminal.raw).not.toMatch(/\u001b\[[\d;]*m/);
});

import { expect, test } from 'vitest';
import type { Faults } from '../audit.js';
import { expectedOf } from '../expected.js';
import { pointsOf } from '../records.js';
import { type Audited, auditMachines } from './audit.js';
import { parseNotes, runsOf } from './notes.js';
import type { StoredTrial } from './stored.js';

const LEASE_MS = 2000;

/** What a trainer of x notes that began at this time, in seconds. */
function notesOf(trial: number, x: number, { atS = 10, token = `t${trial}` } = {}): string {
  const at = (k: number) => (atS + k / 10).toFixed(2);
  const { lines, exitCode } = expectedOf(x);
  return [
    `${trial} ${token} ${at(0)} start ${x} 0`,
    ...lines.flatMap((line, k) => [
      `${trial} ${token} ${at(k + 1)} alive`,
      `${trial} ${token} ${at(k + 1)} print ${line}`,
    ]),
    `${trial} ${token} ${at(lines.length + 1)} end ${exitCode}`,
    '',
  ].join('\n');
}

/** The rows of a trial that nobody disturbed. */
function storedOf(number: number, x: number): StoredTrial {
  const points = pointsOf(expectedOf(x).lines);
  const losses = points.filter((point) => point.startsWith('loss@'));
  return {
    ...{ number, x, state: 'COMPLETE', exitCode: 0, isDated: true, points, intermediate: losses },
    value: Number(losses.at(-1)?.split('=')[1]),
    attempts: [{ attempt: 1, token: `t${number}`, isFinished: true, exitCode: 0, cause: 'completed' }],
  };
}

const NOTES = notesOf(0, 1) + notesOf(1, 2);
const whole: Omit<Audited, 'runs'> = {
  ...{ budget: 2, retries: 3, leaseMs: LEASE_MS, isGrid: true },
  stored: [storedOf(0, 1), storedOf(1, 2)],
};

function audit(change: Partial<StoredTrial> = {}, notes = NOTES, more: readonly StoredTrial[] = []): Faults {
  const [first, second] = whole.stored as [StoredTrial, StoredTrial];
  return auditMachines({
    ...whole,
    stored: [{ ...first, ...change }, second, ...more],
    runs: runsOf(parseNotes(notes)),
  });
}

const attempt = (change: Partial<StoredTrial['attempts'][0]>) => [
  { attempt: 1, token: 't0', isFinished: true, exitCode: 0, cause: 'completed', ...change },
];

test('a sweep that nobody disturbed has no fault', () => {
  expect(audit()).toEqual({ lost: [], doubled: [], mismatches: [] });
});

test.each<[string, keyof Faults, RegExp, () => Faults]>([
  [
    'a trial that is gone',
    'lost',
    /there is no trial 0\nx=1 was never tried/,
    () => audit({ number: 2, x: 3 }),
  ],
  ['a trial that never ran', 'lost', /trial 0 .*: it never ran/, () => audit({}, notesOf(1, 2))],
  ['a trial left running', 'lost', /it is left RUNNING/, () => audit({ state: 'RUNNING' })],
  [
    'a report that is gone',
    'lost',
    /twice@1=2 is not in the database/,
    () => audit({ points: pointsOf(expectedOf(1).lines).filter((point) => point !== 'twice@1=2') }),
  ],
  ['one trial too many', 'doubled', /3 trials of a budget of 2/, () => audit({}, NOTES, [storedOf(2, 3)])],
  ['a number twice', 'doubled', /there are 2 trials 1/, () => audit({}, NOTES, [storedOf(1, 2)])],
  ['a configuration tried twice', 'doubled', /x=2 was tried by trials 0 and 1/, () => audit({ x: 2 })],
  [
    'an attempt that was started twice',
    'doubled',
    /an attempt of trial 0 was started twice/,
    () => audit({}, NOTES + notesOf(0, 1, { atS: 20 })),
  ],
  [
    'two trainers at the same time',
    'doubled',
    /two trainers of trial 0 ran at the same time for 1200 ms/,
    () => audit({}, `${NOTES}0 t9 10.90 start 1 0\n0 t0 11.00 alive\n0 t0 12.10 alive\n0 t9 14.00 alive\n`),
  ],
  [
    'a trainer that is no attempt',
    'mismatches',
    /a trainer of trial 0 was no attempt of it/,
    () => audit({}, `${NOTES}0 t9 20.00 start 1 0\n`),
  ],
  ['another end', 'mismatches', /it is PRUNED, not COMPLETE/, () => audit({ state: 'PRUNED' })],
  [
    'a failure with retries left',
    'mismatches',
    /it failed after 1 failures and 0 losses, of 3 retries/,
    () => audit({ state: 'FAIL', attempts: attempt({ cause: 'failed', exitCode: 137 }) }),
  ],
  [
    'an attempt without an end',
    'mismatches',
    /1 of its attempts have no end/,
    () => audit({ attempts: attempt({ isFinished: false }) }),
  ],
  [
    'a report that nobody printed',
    'mismatches',
    /loss@9=1 was never printed/,
    () => audit({ points: [...pointsOf(expectedOf(1).lines), 'loss@9=1'] }),
  ],
  ['another value', 'mismatches', /its value is 7, and its last loss 1.3/, () => audit({ value: 7 })],
  [
    'what Optuna lacks',
    'mismatches',
    /Optuna shows the losses , and hpo loss@1/,
    () => audit({ intermediate: [] }),
  ],
  ['no time of its end', 'mismatches', /it has no start or no end/, () => audit({ isDated: false })],
])('%s is seen', (_, kind, text, audited) => {
  expect(audited()[kind].join('\n')).toMatch(text);
});

test('a trainer that was frozen meanwhile, and one that is soon ended, are not doubled', () => {
  for (const signs of ['0 t0 13.90 alive', '0 t0 11.00 alive\n0 t0 11.80 alive']) {
    const notes = `${NOTES}0 t9 10.90 start 1 0\n${signs}\n0 t9 14.00 alive\n`;
    expect(audit({}, notes).doubled).toEqual([]);
  }
});

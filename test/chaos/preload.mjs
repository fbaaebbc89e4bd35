// Loaded into hpo by the chaos runs (node --import): it counts the moments at which something becomes visible outside the
// process, and kills the process with SIGKILL just before or just after one of them. Nothing in src/ knows of it.
//
// HPO_POINTS_FILE: where each moment is noted as it comes. HPO_KILL_AT=N:before|after: which one is the last.
import childProcess from 'node:child_process';
import fs from 'node:fs';
import { createRequire, syncBuiltinESMExports } from 'node:module';

const { HPO_POINTS_FILE: file, HPO_KILL_AT: killAt } = process.env;
delete process.env.HPO_POINTS_FILE;
delete process.env.HPO_KILL_AT;
const [last = '', side = ''] = (killAt ?? '').split(':');
const notes = file ? fs.openSync(file, 'a') : null;
const kill = process.kill.bind(process);
let count = 0;
let inMoment = false;
let inWrite = false;

function die() {
  kill(process.pid, 'SIGKILL');
}

/** Runs the action of one moment. `what` describes it for people. */
function moment(what, act) {
  // Node's appendFileSync calls writeFileSync: that is one moment.
  if (inMoment) return act();
  const number = ++count;
  if (notes !== null) fs.writeSync(notes, `${number} ${what.replaceAll('\n', ' ').slice(0, 200)}\n`);
  const isLast = String(number) === last;
  if (isLast && side === 'before') die();
  inMoment = true;
  let result;
  try {
    result = act();
  } finally {
    inMoment = false;
  }
  if (!isLast) return result;
  if (typeof result?.then !== 'function') die();
  return result.finally(die);
}

function wrap(owner, name, label) {
  const original = owner[name];
  owner[name] = function wrapped(...args) {
    const what = label(args);
    return what === null ? original.apply(this, args) : moment(what, () => original.apply(this, args));
  };
}

/** Counts only an open that may create or change a file: others are not visible outside. */
const writes = (flags) => typeof flags === 'string' && /[wax+]/.test(flags);
const first = (name) => (args) => `${name} ${args[0]}`;

for (const name of [
  'mkdirSync',
  'renameSync',
  'rmSync',
  'unlinkSync',
  'writeFileSync',
  'appendFileSync',
  'fsyncSync',
])
  wrap(fs, name, first(name));
wrap(fs, 'openSync', ([path, flags]) => (writes(flags) ? `openSync ${path}` : null));
for (const name of ['mkdir', 'copyFile', 'rename', 'rm', 'unlink', 'writeFile', 'appendFile'])
  wrap(fs.promises, name, first(name));
wrap(fs.promises, 'open', ([path, flags]) => (writes(flags) ? `open ${path}` : null));
wrap(childProcess, 'spawn', ([program]) => `spawn ${program}`);
wrap(process, 'kill', ([pid, signal]) =>
  signal === 0 ? null : `kill ${signal ?? 'SIGTERM'} to ${pid < 0 ? 'a group' : 'a process'}`,
);
syncBuiltinESMExports();

// Transactions that only read change nothing: a kill beside them equals a kill between two writes.
const Database = createRequire(import.meta.url)('better-sqlite3');
wrap(Database.prototype, 'close', () => 'close the database');
const prepare = Database.prototype.prepare;
Database.prototype.prepare = function prepared(sql) {
  const statement = prepare.call(this, sql);
  if (/^PRAGMA journal_mode = /.test(sql)) wrap(statement, statement.reader ? 'all' : 'run', () => sql);
  if (/^BEGIN/.test(sql))
    wrap(statement, 'run', () => {
      inWrite = sql === 'BEGIN IMMEDIATE';
      return inWrite ? sql : null;
    });
  if (/^(COMMIT|ROLLBACK)/.test(sql)) wrap(statement, 'run', () => (inWrite ? sql : null));
  return statement;
};

import Database from 'better-sqlite3';

/** Returns the seconds for the bare rows of such a study: two durable transactions per trial, statements prepared once. */
export function timeRawInserts(file: string, trials: number, floats: number): number {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  db.exec(`
    CREATE TABLE trials (trial_id INTEGER PRIMARY KEY, number INTEGER, state VARCHAR(8), datetime_start TEXT, datetime_complete TEXT);
    CREATE TABLE trial_params (param_id INTEGER PRIMARY KEY, trial_id INTEGER, param_name TEXT, param_value FLOAT, distribution_json TEXT, UNIQUE (trial_id, param_name));
    CREATE TABLE trial_values (trial_value_id INTEGER PRIMARY KEY, trial_id INTEGER, objective INTEGER, value FLOAT, value_type TEXT, UNIQUE (trial_id, objective));
  `);
  const now = '2026-01-01 00:00:00.000000';
  const json =
    '{"name": "FloatDistribution", "attributes": {"step": null, "low": -5.0, "high": 5.0, "log": false}}';
  const addTrial = db.prepare('INSERT INTO trials (number, state, datetime_start) VALUES (?, ?, ?)');
  const addParam = db.prepare(
    'INSERT INTO trial_params (trial_id, param_name, param_value, distribution_json) VALUES (?, ?, ?, ?)',
  );
  const addValue = db.prepare(
    'INSERT INTO trial_values (trial_id, objective, value, value_type) VALUES (?, 0, ?, ?)',
  );
  const finish = db.prepare('UPDATE trials SET state = ?, datetime_complete = ? WHERE trial_id = ?');
  const ask = db.transaction((number: number) => {
    const { lastInsertRowid } = addTrial.run(number, 'RUNNING', now);
    for (let k = 0; k < floats; k++) addParam.run(lastInsertRowid, `x${k}`, k - number / trials, json);
    return lastInsertRowid;
  });
  const tell = db.transaction((id: number | bigint, value: number) => {
    addValue.run(id, value, 'FINITE');
    finish.run('COMPLETE', now, id);
  });
  const start = performance.now();
  for (let number = 0; number < trials; number++) tell(ask(number), number);
  const seconds = (performance.now() - start) / 1000;
  db.close();
  return seconds;
}

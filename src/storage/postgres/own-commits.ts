import { randomUUID } from 'node:crypto';
import type { Statement } from '../statement.js';
import { sql } from '../statement.js';
import type { Session } from './session.js';

/** A write of one session, as the transaction itself stores it. A number of a transaction is given again after a crash. */
export type CommitMark = { readonly session: string; readonly number: number };

const marks = new WeakMap<Session, CommitMark>();

/** Returns the mark of the next write of a session. Each session has a row of its own, so no session waits for the lock of another. */
export function nextMark(session: Session): CommitMark {
  const before = marks.get(session) ?? { session: randomUUID(), number: 0 };
  const mark = { session: before.session, number: before.number + 1 };
  marks.set(session, mark);
  return mark;
}

/** How long a row stays after the last write of its session: longer than anybody asks for it. */
const KEPT_HOURS = 24;

/** Returns the statements by which a transaction stores its mark; nobody reads their rows. */
export function storingMark({ session, number }: CommitMark): readonly Statement[] {
  const store = sql(
    `INSERT INTO hpo_commits (session, number, written_at) VALUES ($1, $2, now())
      ON CONFLICT (session) DO UPDATE SET number = excluded.number, written_at = excluded.written_at`,
    session,
    number,
  );
  return number === 1 ? [sql(REMOVE_OLD), store] : [store];
}

const REMOVE_OLD = `DELETE FROM hpo_commits WHERE session IN (SELECT session FROM hpo_commits
  WHERE written_at < now() - interval '${KEPT_HOURS} hours' FOR UPDATE SKIP LOCKED)`;

export async function isMarkStored(session: Session, mark: CommitMark): Promise<boolean> {
  const rows = await session.all('SELECT 1 AS found FROM hpo_commits WHERE session = $1 AND number = $2', [
    mark.session,
    mark.number,
  ]);
  return rows.length > 0;
}

/** Whether the bound transaction wrote a row, as nobody has written it since. */
export function wroteRow(alias: string): string {
  return `${alias}.xmin = CAST(CAST(? AS xid8) AS xid)`;
}

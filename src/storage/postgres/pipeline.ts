import { isSilent, postgres } from '../dialects/postgres.js';
import { type Operation, type Reread, type Row, type Statement, text } from '../statement.js';
import type { Session } from './session.js';

/**
 * Waits until everything that was committed before is on the disk. The server waits for the disk once for all who ask
 * for it at the same time. The message is for nobody.
 */
export const FLUSH = "SELECT pg_logical_emit_message(true, 'hpo', '')";

/** Commits, lets go of the locks, and then waits for the disk: a process that waits for a lock does not wait for it. */
const COMMIT_FIRST = `SET LOCAL synchronous_commit = off; COMMIT; ${FLUSH}`;

/** What is left of a transaction whose commit was sent with its last statement. */
export type LastSent = {
  readonly transaction: string;
  readonly reread: Reread;
  readonly committed: Promise<unknown>;
};

/**
 * The statements of one transaction. A statement without rows waits for the next one that has some, and both go out as one. So a
 * transaction takes as many exchanges as it has statements whose rows it reads, and one for its commit. Answers come in the order of
 * the statements, so the first error is the cause of all.
 */
export class Pipeline {
  firstError: unknown = null;
  /** Null while the commit is not sent by its last statement. */
  last: LastSent | null = null;
  readonly #session: Session;
  readonly #limitMs: number | null;
  #silent: Statement[] = [];
  #begun: Promise<readonly Row[]> | null = null;

  constructor(session: Session, limitMs: number | null) {
    this.#session = session;
    this.#limitMs = limitMs;
  }

  /** `silent`: statements, rendered, that go out with the first one whose rows are read. */
  begin(statements: string, silent: readonly Statement[]): void {
    this.#begun = this.#noted(this.#session.exec(statements));
    this.#silent.push(...silent);
  }

  /** Returns the name of the transaction, which tells later whether it was committed. */
  async name(): Promise<string> {
    return text((await this.#begun)?.[0] ?? {}, 'name');
  }

  async drive<T>(operation: Operation<T>): Promise<T> {
    let step = operation.next();
    while (!step.done) step = operation.next(await this.#rowsOf(step.value));
    return step.value;
  }

  /** Sends the commit, after what waits; once. */
  commit(): Promise<unknown> {
    return this.last?.committed ?? this.#session.together(() => this.#sendCommit());
  }

  async #rowsOf(statement: Statement): Promise<readonly Row[]> {
    const rendered = postgres.render(statement.sql);
    if (rendered === null) return [];
    const { reread } = statement;
    if (reread === null && isSilent(rendered)) {
      this.#silent.push({ ...statement, sql: rendered });
      return [];
    }
    // Before a commit is sent its name must be known.
    const transaction = reread === null || this.#begun === null ? null : await this.name();
    return this.#session.together(() => {
      this.#sendSilent();
      const rows = this.#send({ ...statement, sql: rendered });
      if (transaction !== null && reread !== null)
        this.last = { transaction, reread, committed: this.#sendCommit(COMMIT_FIRST) };
      return rows;
    });
  }

  #sendCommit(how = 'COMMIT'): Promise<unknown> {
    this.#sendSilent();
    return this.#noted(this.#session.exec(how));
  }

  #sendSilent(): void {
    for (const statement of this.#silent.splice(0)) void this.#send(statement);
  }

  #send({ sql, args }: Statement): Promise<readonly Row[]> {
    return this.#noted(this.#session.all(sql, args, this.#limitMs));
  }

  #noted(rows: Promise<readonly Row[]>): Promise<readonly Row[]> {
    rows.catch((error: unknown) => {
      this.firstError ??= error;
    });
    return rows;
  }
}

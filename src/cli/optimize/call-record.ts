import { hostname } from 'node:os';
import { dirname, resolve } from 'node:path';
import { updateAttribute } from '../../control/stored-attribute.js';
import { messageOf } from '../../core/errors.js';
import {
  addProvenance,
  changedScript,
  PROVENANCE_ATTRIBUTE,
  type Provenance,
  parseProvenance,
} from '../../core/provenance.js';
import { addCall, CALLS_ATTRIBUTE, endCall, parseCalls, type StudyCall } from '../../core/study-calls.js';
import { type ChangedLimits, LIMITS_ATTRIBUTE } from '../../core/study-control.js';
import type { StudyAttributes } from '../../storage/storage.js';
import { gitState } from '../git-state.js';
import { findScript, sha256Of } from '../trainer-script.js';
import { version } from '../version.js';

type RecordedStudy = {
  readonly id: number;
  readonly owner: string;
  readonly storage: Pick<StudyAttributes, 'readAttributes' | 'writeAttribute'>;
};

type BegunCall = Pick<StudyCall, 'startedAtMs' | 'more'> & { readonly limits: ChangedLimits };

type Origin = {
  /** The sweep file. */
  readonly file: string;
  /** The trainer's command; null for the built-in trainer. */
  readonly command: readonly string[] | null;
  /** The folder in which the trainer runs; null: this one. */
  readonly cwd: string | null;
};

/** How long the end of a call waits for git, which a large work tree keeps busy. */
const LAST_WAIT_MS = 1000;

/** Records one call of `hpo optimize` with its study: that it runs, where it came from, and how it ended. */
export class CallRecord {
  readonly #study: RecordedStudy;
  readonly #call: StudyCall;
  readonly #cancel = new AbortController();
  #provenance: Promise<void> = Promise.resolve();

  private constructor(study: RecordedStudy, call: StudyCall) {
    this.#study = study;
    this.#call = call;
  }

  /** Stores that this call runs. Without a record, as on a full disk, it runs all the same. */
  static async begin(study: RecordedStudy, { startedAtMs, limits, more }: BegunCall): Promise<CallRecord> {
    const call = { owner: study.owner, startedAtMs, endedAtMs: null, end: null, more };
    const record = new CallRecord(study, call);
    await record.#change((calls) => addCall(calls, call));
    await record.#storeLimits(limits);
    return record;
  }

  /**
   * Gathers the provenance and stores it while the sweep runs. `warn` is called when the script has changed, and when nothing could be
   * stored.
   */
  addProvenance(origin: Origin, warn: (message: string) => void): void {
    this.#provenance = this.#storeProvenance(origin, warn).catch((error: unknown) => {
      warn(`the provenance of the sweep could not be stored: ${messageOf(error)}`);
    });
  }

  async #storeProvenance(origin: Origin, warn: (message: string) => void): Promise<void> {
    const entry = await gatherProvenance(origin, this.#call.startedAtMs, this.#cancel.signal);
    const { storage, id } = this.#study;
    let changed: string | null = null;
    await updateAttribute(storage, { studyId: id, name: PROVENANCE_ATTRIBUTE }, (stored) => {
      const entries = parseProvenance(stored);
      changed = changedScript(entries, entry);
      return addProvenance(entries, entry);
    });
    if (changed !== null) warn(changed);
  }

  /** For pages that change them. Without them a page shows only what was changed. */
  async #storeLimits(limits: ChangedLimits): Promise<void> {
    const { storage, id } = this.#study;
    await updateAttribute(storage, { studyId: id, name: LIMITS_ATTRIBUTE }, () => limits).catch(() => {});
  }

  /** Stores how the call ended. Never rejects: an earlier error matters more. */
  async end(end: string, endedAtMs: number): Promise<void> {
    const late = setTimeout(() => this.#cancel.abort(), LAST_WAIT_MS);
    await this.#provenance;
    clearTimeout(late);
    await this.#change((calls) => endCall(calls, { ...this.#call, endedAtMs, end }));
  }

  /** A call whose end could not be stored looks like one that was killed. */
  async #change(change: (calls: readonly StudyCall[]) => readonly StudyCall[]): Promise<void> {
    const { storage, id } = this.#study;
    try {
      await updateAttribute(storage, { studyId: id, name: CALLS_ATTRIBUTE }, (stored) =>
        change(parseCalls(stored)),
      );
    } catch {
      // Only the state of the study is less exact then.
    }
  }
}

/** Returns where a sweep came from. Never rejects. */
export async function gatherProvenance(
  { file, command, cwd }: Origin,
  atMs: number,
  signal: AbortSignal,
): Promise<Provenance> {
  const script = command === null ? null : findScript(command, cwd ?? process.cwd());
  const [git, sha256] = await Promise.all([
    gitState(dirname(resolve(file)), signal),
    script === null ? null : sha256Of(script.path),
  ]);
  return {
    atMs,
    host: hostname(),
    hpo: version(),
    node: process.versions.node,
    git,
    script: script === null || sha256 === null ? null : { file: script.file, sha256 },
  };
}

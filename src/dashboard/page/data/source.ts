import type { JsonValue } from '../../../core/trial.js';
import type { ColumnSet } from '../../columns.js';
import type {
  ChangeEvent,
  ColumnsHeader,
  ControlAnswer,
  CurvesHeader,
  ImportanceInfo,
  LogPart,
  ServerInfo,
  StudyInfo,
  StudyListEntry,
  TrialInfo,
} from '../../protocol.js';

/** What the page receives from the server: something changed, or it may have missed something. */
export type SourceEvent = ChangeEvent | { readonly connected: boolean };

/** Arguments of a command to a study. */
export type Arguments = { readonly [name: string]: JsonValue | undefined };

/** Where the page reads from: a server, or the data inside a report file. */
export interface DataSource {
  /** True for a server, whose studies may change. */
  readonly live: boolean;
  server(): Promise<ServerInfo>;
  studies(): Promise<readonly StudyListEntry[]>;
  study(name: string): Promise<StudyInfo>;
  /** All trials for `since` null, else those that changed after that revision. */
  columns(name: string, since: number | null): Promise<ColumnSet<ColumnsHeader>>;
  curves(name: string, since: number | null): Promise<ColumnSet<CurvesHeader>>;
  importance(name: string, metric: string | null): Promise<ImportanceInfo>;
  /** Null where the source has no more than the columns. */
  trial(name: string, number: number): Promise<TrialInfo | null>;
  log(name: string, number: number, attempt: number, from: number): Promise<LogPart>;
  control(name: string, control: string, args: Arguments): Promise<ControlAnswer>;
  manage(name: string, act: 'rename' | 'delete', args: Arguments): Promise<void>;
  /** Returns the function that ends the subscription. */
  /** `study`: the open one, whose changes are wanted. Returns the function that ends the subscription. */
  subscribe(study: string | null, listener: (event: SourceEvent) => void): () => void;
}

/** An error that the server explained. */
export class SourceError extends Error {
  override readonly name = 'SourceError';
  readonly code: string;
  readonly fix: string | null;
  readonly status: number;

  constructor({
    code,
    message,
    fix,
    status,
  }: {
    code: string;
    message: string;
    fix: string | null;
    status: number;
  }) {
    super(message);
    this.code = code;
    this.fix = fix;
    this.status = status;
  }
}

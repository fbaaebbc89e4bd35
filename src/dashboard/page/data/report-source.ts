import { type ColumnSet, decodeColumns } from '../../columns.js';
import type {
  ColumnsHeader,
  ControlAnswer,
  CurvesHeader,
  ImportanceInfo,
  LogPart,
  ReportData,
  ServerInfo,
  StudyInfo,
  StudyListEntry,
  TrialInfo,
} from '../../protocol.js';
import type { DataSource } from './source.js';
import { SourceError } from './source.js';

/** What a report has beside its columns and curves. */
type ReportContents = Omit<ReportData, 'columns' | 'curves' | 'trials'>;

/** Reads the data in a report file. Nothing changes, and nothing can be done. */
export class ReportSource implements DataSource {
  readonly live = false;
  readonly #contents: ReportContents;
  readonly #columns: Uint8Array;
  readonly #curves: Uint8Array;
  /** Compressed until the page of a trial is opened. */
  readonly #packedTrials: string;
  #trials: Promise<ReadonlyMap<number, TrialInfo>> | null = null;

  constructor(contents: ReportContents, columns: Uint8Array, curves: Uint8Array, packedTrials: string) {
    this.#contents = contents;
    this.#columns = columns;
    this.#curves = curves;
    this.#packedTrials = packedTrials;
  }

  async server(): Promise<ServerInfo> {
    return this.#contents.server;
  }

  async studies(): Promise<readonly StudyListEntry[]> {
    return [this.#contents.study];
  }

  async study(name: string): Promise<StudyInfo> {
    this.#check(name);
    return this.#contents.study;
  }

  async columns(name: string): Promise<ColumnSet<ColumnsHeader>> {
    this.#check(name);
    return decodeColumns(this.#columns);
  }

  async curves(): Promise<ColumnSet<CurvesHeader>> {
    return decodeColumns(this.#curves);
  }

  async importance(_: string, metric: string | null): Promise<ImportanceInfo> {
    const found = this.#contents.importance.find((each) => metric === null || each.metric === metric);
    return found ?? { metric: metric ?? '', none: 'not in this report', rows: [], notes: [] };
  }

  async trial(_: string, number: number): Promise<TrialInfo | null> {
    this.#trials ??= readTrials(this.#packedTrials);
    return (await this.#trials).get(number) ?? null;
  }

  log(): Promise<LogPart> {
    return Promise.reject(refused());
  }

  control(): Promise<ControlAnswer> {
    return Promise.reject(refused());
  }

  manage(): Promise<void> {
    return Promise.reject(refused());
  }

  subscribe(): () => void {
    return () => {};
  }

  #check(name: string): void {
    if (name === this.#contents.study.name) return;
    throw new SourceError({
      code: 'report.study',
      message: `this report has the study ${this.#contents.study.name}`,
      fix: null,
      status: 404,
    });
  }
}

function refused(): SourceError {
  return new SourceError({
    code: 'report.read-only',
    message: 'a report is a file: it has no server',
    fix: 'hpo dashboard',
    status: 403,
  });
}

/** Returns the report inside a document; null when there is none. */
export async function readReport(
  document: Document,
): Promise<{ readonly source: ReportSource; readonly study: string } | null> {
  const read = (id: string) => document.getElementById(id)?.textContent ?? null;
  const contents = read('hpo-report');
  if (contents === null) return null;
  const parts = [contents, read('hpo-columns') ?? '', read('hpo-curves') ?? ''].map(inflate);
  const [json, columns, curves] = (await Promise.all(parts)) as [Uint8Array, Uint8Array, Uint8Array];
  const parsed = JSON.parse(new TextDecoder().decode(json)) as ReportContents;
  return {
    source: new ReportSource(parsed, columns, curves, read('hpo-trials') ?? ''),
    study: parsed.study.name,
  };
}

async function readTrials(packed: string): Promise<ReadonlyMap<number, TrialInfo>> {
  const text = packed === '' ? '' : new TextDecoder().decode(await inflate(packed));
  const trials = text === '' ? [] : (JSON.parse(text) as readonly TrialInfo[]);
  return new Map(trials.map((trial) => [trial.number, trial]));
}

/** Returns the bytes of base64 of gzip. */
async function inflate(base64: string): Promise<Uint8Array> {
  const compressed = Uint8Array.from(atob(base64.trim()), (character) => character.charCodeAt(0));
  const stream = new Blob([compressed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

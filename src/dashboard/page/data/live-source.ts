import { type ColumnSet, decodeColumns } from '../../columns.js';
import type {
  ColumnsHeader,
  ControlAnswer,
  CurvesHeader,
  ErrorAnswer,
  ImportanceInfo,
  LogPart,
  ServerInfo,
  StudyInfo,
  StudyListEntry,
  TrialInfo,
} from '../../protocol.js';
import { LiveEvents } from './live-events.js';
import { type Arguments, type DataSource, SourceError, type SourceEvent } from './source.js';

/** Reads from the server that sent the page. */
export class LiveSource implements DataSource {
  readonly live = true;
  readonly #events = new LiveEvents();

  server(): Promise<ServerInfo> {
    return getJson('/api/server');
  }

  studies(): Promise<readonly StudyListEntry[]> {
    return getJson('/api/studies');
  }

  study(name: string): Promise<StudyInfo> {
    return getJson(`${pathOf(name)}`);
  }

  columns(name: string, since: number | null): Promise<ColumnSet<ColumnsHeader>> {
    return getColumns(`${pathOf(name)}/columns`, since);
  }

  curves(name: string, since: number | null): Promise<ColumnSet<CurvesHeader>> {
    return getColumns(`${pathOf(name)}/curves`, since);
  }

  importance(name: string, metric: string | null): Promise<ImportanceInfo> {
    const query = metric === null ? '' : `?metric=${encodeURIComponent(metric)}`;
    return getJson(`${pathOf(name)}/importance${query}`);
  }

  trial(name: string, number: number): Promise<TrialInfo> {
    return getJson(`${pathOf(name)}/trials/${number}`);
  }

  log(name: string, number: number, attempt: number, from: number): Promise<LogPart> {
    return getJson(`${pathOf(name)}/trials/${number}/log?attempt=${attempt}&from=${from}`);
  }

  control(name: string, control: string, args: Arguments): Promise<ControlAnswer> {
    return post(`${pathOf(name)}/control/${control}`, args);
  }

  async manage(name: string, act: 'rename' | 'delete', args: Arguments): Promise<void> {
    await post(`${pathOf(name)}/${act}`, args);
  }

  subscribe(study: string | null, listener: (event: SourceEvent) => void): () => void {
    return this.#events.subscribe(study, listener);
  }
}

function pathOf(study: string): string {
  return `/api/studies/${encodeURIComponent(study)}`;
}

async function getColumns<H>(path: string, since: number | null): Promise<ColumnSet<H>> {
  const response = await request(since === null ? path : `${path}?since=${since}`);
  return decodeColumns<H>(new Uint8Array(await response.arrayBuffer()));
}

async function getJson<T>(path: string): Promise<T> {
  return (await (await request(path)).json()) as T;
}

async function post<T>(path: string, body: unknown): Promise<T> {
  const response = await request(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  return (await response.json()) as T;
}

/** @throws SourceError when the server cannot be reached, or answers an error. */
async function request(path: string, options: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, { credentials: 'same-origin', ...options });
  } catch {
    throw new SourceError({
      code: 'page.unreachable',
      message: 'the server does not answer',
      fix: 'start it again with the same port: hpo dashboard',
      status: 0,
    });
  }
  if (response.ok) return response;
  throw await errorOf(response);
}

async function errorOf(response: Response): Promise<SourceError> {
  const { status } = response;
  try {
    const { error } = (await response.json()) as ErrorAnswer;
    return new SourceError({ code: error.code, message: error.message, fix: error.fix ?? null, status });
  } catch {
    return new SourceError({
      code: 'page.http',
      message: `the server answered with status ${status}`,
      fix: status === 401 || status === 403 ? 'open the URL that hpo dashboard printed' : null,
      status,
    });
  }
}

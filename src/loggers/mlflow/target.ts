import { usageError } from '../../core/errors.js';
import { basicAuthorization, loginOf } from '../http/login.js';
import type { Secret } from '../http/redact.js';

/** The section `logging.mlflow` of a sweep file. Null: not given. */
export type MlflowOptions = {
  readonly enabled: boolean;
  readonly trackingUri: string | null;
  readonly experiment: string | null;
};

/** The server that runs are logged to. */
export type Target = {
  /** Without credentials and without a trailing slash. */
  readonly baseUrl: string;
  /** Null: no credentials. */
  readonly authorization: string | null;
  /** Texts that no message may show. */
  readonly secrets: readonly Secret[];
  /** Null: the name of the study. */
  readonly experiment: string | null;
};

type Env = Readonly<Record<string, string | undefined>>;

const EXAMPLE = 'for example tracking_uri: http://127.0.0.1:5000';
const LOCAL = 'start `mlflow server` on that store, and give its address';
const SHOWN = '[secret]';

/**
 * Combines the sweep file and the environment, whose variables are those of MLflow's own programs. Null: nothing is logged.
 * @throws HpoError (usage) mlflow.no-uri, mlflow.bad-uri, mlflow.bad-token, mlflow.bad-experiment.
 */
export function findTarget(options: MlflowOptions | null, env: Env): Target | null {
  if (!options?.enabled) return null;
  const url = addressOf(options.trackingUri ?? env.MLFLOW_TRACKING_URI);
  const { authorization, secrets } = credentials(url, env);
  const [origin, path] = [url.origin, url.pathname.replace(/\/+$/, '')];
  const experiment = options.experiment ?? (env.MLFLOW_EXPERIMENT_NAME || null);
  if (experiment !== null && (experiment.length > 500 || /[\u0000-\u001f\u007f]/.test(experiment)))
    throw usageError(
      'mlflow.bad-experiment',
      'expected MLFLOW_EXPERIMENT_NAME to be one line of at most 500 characters',
    );
  return { baseUrl: origin + path, authorization, secrets, experiment };
}

/** No message shows the text: it may contain a password. */
function addressOf(text: string | undefined): URL {
  if (!text)
    throw usageError(
      'mlflow.no-uri',
      'expected tracking_uri or MLFLOW_TRACKING_URI to name a server, got none',
      {
        fix: EXAMPLE,
      },
    );
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url && /^https?:$/.test(url.protocol) && !url.search && !url.hash) return url;
  const isHttp = url !== null && /^https?:$/.test(url.protocol);
  const got = isHttp ? 'one with a query' : url ? `one that begins with ${url.protocol}` : `another text`;
  const fix = isHttp ? EXAMPLE : text.startsWith('databricks') ? 'Databricks is not supported' : LOCAL;
  throw usageError('mlflow.bad-uri', `expected the http or https address of an MLflow server, got ${got}`, {
    fix,
  });
}

function credentials(url: URL, env: Env): Pick<Target, 'authorization' | 'secrets'> {
  const login = loginOf(url);
  const user = login ? login.user : env.MLFLOW_TRACKING_USERNAME;
  const password = login ? login.password : env.MLFLOW_TRACKING_PASSWORD;
  if (user && password !== undefined) {
    // Without a password, the user is a token.
    const secret = { text: password || user, sent: `${user}:${password}`, shownAs: SHOWN };
    return { authorization: basicAuthorization(user, password), secrets: [secret] };
  }
  const token = env.MLFLOW_TRACKING_TOKEN?.trim();
  if (!token) return { authorization: null, secrets: [] };
  if (!/^[\x21-\x7e]+$/.test(token))
    throw usageError('mlflow.bad-token', 'expected MLFLOW_TRACKING_TOKEN to be one word, got another text');
  return { authorization: `Bearer ${token}`, secrets: [{ text: token, sent: token, shownAs: SHOWN }] };
}

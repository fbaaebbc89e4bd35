import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { basename, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { LoggerSettings } from '../../src/loggers/registry.js';
import { FakeMlflow } from './mlflow/server.js';
import { Receiver } from './notify/receiver.js';
import type { Stage } from './stage.js';
import { textOfRuns } from './tensorboard/reader.js';

/** Where loggers write: files below a folder, and the stream of the terminal. */
export type Written = { readonly folder: string; readonly shown: string };

type Call = { readonly flags: readonly string[]; readonly env: Readonly<Record<string, string>> };
/** What the sweep file needs under `logging`. */
type Logging = { readonly logging: Readonly<Record<string, unknown>> };

/** What the conformance suite must know about one logger. */
export type Scene = {
  /** Settings that make a sweep want the logger. */
  readonly settings: (stage: Stage) => Partial<LoggerSettings> | Promise<Partial<LoggerSettings>>;
  /** A call of `hpo optimize` in a folder, with the same effect; a function where a server is needed. */
  readonly call: Call | ((folder: string) => Promise<Call & Logging>);
  /** Returns everything that the logger has written. */
  readonly output: (written: Written) => string;
  /** What the output says about a complete trial. */
  readonly complete: (trial: number) => RegExp;
  /** Makes the output unwritable, after the settings were checked. */
  readonly breakSink: (stage: Stage) => void;
  /** Settings with an output that never answers; null: the output is a local file or a stream. */
  readonly stalled: ((stage: Stage) => Promise<Partial<LoggerSettings>>) | null;
  /**
   * `text` is for people: it has no control character but line ends, so no tab. `data` is for programs and may have any:
   * choose it for a table.
   */
  readonly kind: 'text' | 'data';
};

/** Returns the text of all files below `folder/inner` whose names match. */
export function textIn(folder: string, inner: string, name: RegExp): string {
  const root = join(folder, inner);
  const files = existsSync(root) ? readdirSync(root, { recursive: true, encoding: 'utf8' }) : [];
  const found = files.filter((file) => name.test(inner === '.' ? file : basename(file)));
  return found.map((file) => readFileSync(join(root, file), 'utf8')).join('');
}

/** The call of a logger that every sweep has. */
const PLAIN = { flags: [], env: {} };

const WEBHOOK = { enabled: true, on: ['trial-finished'], headers: {}, body: null } as const;
const COMMAND = { enabled: true, on: ['trial-finished'], run: ['sh', '-c', 'cat >> command.jsonl'] } as const;
const notified = (trial: number) =>
  new RegExp(`"event":"trial-finished".*"trial":${trial},.*"state":"complete"`, 'm');

const scenes: Readonly<Record<string, Scene>> = {
  terminal: {
    settings: () => ({}),
    call: PLAIN,
    output: ({ shown }) => shown,
    complete: (trial) => new RegExp(`^trial ${trial} COMPLETE with`, 'm'),
    breakSink: ({ paper }) => {
      paper.isBroken = true;
    },
    stalled: null,
    kind: 'text',
  },
  'sweep-log': {
    settings: () => ({}),
    call: PLAIN,
    output: ({ folder }) => textIn(folder, 'outputs', /^sweep_.*\.log$/),
    complete: (trial) => new RegExp(`^\\S+Z trial ${trial} COMPLETE with`, 'm'),
    breakSink: ({ context }) => writeFileSync(context.outputsDir, 'in the way'),
    stalled: null,
    kind: 'text',
  },
  csv: {
    settings: () => ({}),
    call: { flags: ['--csv', 'runs.csv'], env: {} },
    output: ({ folder }) => textIn(folder, '.', /^runs\.csv$/),
    complete: (trial) => new RegExp(`^\\w+,${trial},${trial},1,COMPLETE,`, 'm'),
    breakSink: ({ folder }) => mkdirSync(join(folder, 'runs.csv')),
    stalled: null,
    kind: 'data',
  },
  events: {
    settings: () => ({ events: 'made/events.jsonl' }),
    call: { flags: ['--events', 'made/events.jsonl'], env: {} },
    output: ({ folder }) => textIn(folder, 'made', /^events\.jsonl$/),
    complete: (trial) => new RegExp(`^{"event":"trial-finished",.*"trial":${trial},"state":"complete"`, 'm'),
    breakSink: ({ folder }) => writeFileSync(join(folder, 'made'), 'in the way'),
    stalled: null,
    kind: 'text',
  },
  wandb: {
    settings: ({ folder }) => ({ wandbMode: 'offline', env: { HOME: folder, WANDB_DIR: folder } }),
    call: { flags: ['--wandb', 'offline'], env: {} },
    output: ({ folder }) => textIn(folder, 'wandb', /\.wandb$/),
    complete: (trial) => new RegExp(`\\w-${trial}\\b[^]*hpo_state[^]*"COMPLETE"`),
    breakSink: ({ context }) => {
      mkdirSync(context.studyDir, { recursive: true });
      writeFileSync(join(context.studyDir, '.wandb'), 'in the way');
    },
    stalled: async ({ folder }) => {
      const port = await silentPort();
      const server = { WANDB_BASE_URL: `http://127.0.0.1:${port}`, WANDB_API_KEY: 'k'.repeat(40) };
      return { wandbMode: 'online', env: { HOME: folder, ...server } };
    },
    kind: 'data',
  },
  tensorboard: {
    settings: () => ({ tensorboardDir: 'runs' }),
    call: { flags: ['--tensorboard', 'runs'], env: {} },
    output: ({ folder }) => textOfRuns(join(folder, 'runs')),
    complete: (trial) => new RegExp(`^\\w+/trial-0000${trial} loss=.* objective/.* status=1$`, 'm'),
    breakSink: ({ folder }) => writeFileSync(join(folder, 'runs'), 'in the way'),
    stalled: null,
    kind: 'data',
  },
  mlflow: {
    settings: async ({ folder }) => {
      const trackingUri = await writingMlflow(folder);
      return { mlflow: { enabled: true, trackingUri, experiment: null } };
    },
    call: async (folder) => {
      const mlflow = { tracking_uri: await writingMlflow(folder) };
      return { ...PLAIN, logging: { mlflow } };
    },
    output: ({ folder }) => textIn(folder, '.', /^mlflow\.txt$/),
    complete: (trial) => new RegExp(`^\\w+-${trial} FINISHED COMPLETE`, 'm'),
    breakSink: ({ context }) => {
      mkdirSync(context.studyDir, { recursive: true });
      writeFileSync(join(context.studyDir, '.mlflow'), 'in the way');
    },
    stalled: async () => {
      const trackingUri = `http://127.0.0.1:${await silentPort()}`;
      return { mlflow: { enabled: true, trackingUri, experiment: null } };
    },
    kind: 'data',
  },
  webhook: {
    settings: async ({ folder }) => ({ webhook: { ...WEBHOOK, url: await writingWebhook(folder) } }),
    call: async (folder) => {
      const webhook = { url: await writingWebhook(folder), on: WEBHOOK.on };
      return { ...PLAIN, logging: { webhook } };
    },
    output: ({ folder }) => textIn(folder, '.', /^webhook\.jsonl$/),
    complete: notified,
    breakSink: ({ folder }) => mkdirSync(join(folder, 'webhook.jsonl')),
    stalled: async () => ({ webhook: { ...WEBHOOK, url: `http://127.0.0.1:${await silentPort()}` } }),
    kind: 'text',
  },
  command: {
    settings: () => ({ command: COMMAND }),
    call: async () => ({ ...PLAIN, logging: { command: { run: COMMAND.run, on: COMMAND.on } } }),
    output: ({ folder }) => textIn(folder, '.', /^command\.jsonl$/),
    complete: notified,
    breakSink: ({ folder }) => mkdirSync(join(folder, 'command.jsonl')),
    stalled: async () => ({ command: { ...COMMAND, run: ['sleep', '1000'] } }),
    kind: 'text',
  },
  // test/loggers/example-logger.ts
  results: {
    settings: () => ({}),
    call: PLAIN,
    output: ({ folder }) => textIn(folder, '.', /^results\.txt$/),
    complete: (trial) => new RegExp(`^${trial} complete`, 'm'),
    breakSink: ({ folder }) => mkdirSync(join(folder, 'results.txt')),
    stalled: null,
    kind: 'text',
  },
};

/** Returns the scene of a logger. */
export function sceneOf(name: string): Scene {
  const scene = scenes[name];
  if (!scene) throw new Error(`expected a scene for the logger ${name} in test/loggers/scenes.ts`);
  return scene;
}

/** Returns the address of an MLflow server that writes how each run ended. */
async function writingMlflow(folder: string): Promise<string> {
  const server = await FakeMlflow.start();
  server.changed = () => {
    const lines = Object.values(server.byName()).map(
      ({ name, status, tags }) => `${name} ${status} ${tags.get('hpo.state') ?? ''}\n`,
    );
    writeFileSync(join(folder, 'mlflow.txt'), lines.join(''));
  };
  return server.url;
}

/** Returns the address of a webhook that writes what it receives, and fails where it cannot. */
async function writingWebhook(folder: string): Promise<string> {
  const server = await Receiver.start();
  server.received = (body) => appendFileSync(join(folder, 'webhook.jsonl'), `${body}\n`);
  return server.url;
}

/** Returns the port of a server that accepts connections and never answers. */
async function silentPort(): Promise<number> {
  const server = createServer((socket) => socket.on('error', () => {}).resume());
  onTestFinished(() => {
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

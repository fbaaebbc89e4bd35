import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { LoggerSettings } from '../../src/loggers/registry.js';
import type { Stage } from './stage.js';

/** What the conformance suite must know about one logger. */
export type Scene = {
  /** Settings that make a sweep want the logger. */
  readonly settings: (stage: Stage) => Partial<LoggerSettings>;
  /** Returns everything that the logger has written. */
  readonly output: (stage: Stage) => string;
  /** What the output says about a complete trial. */
  readonly complete: (trial: number) => RegExp;
  /** Makes the output unwritable, after the settings were checked. */
  readonly breakSink: (stage: Stage) => void;
  /** Settings with an output that never answers; null: the output is a local file or a stream. */
  readonly stalled: ((stage: Stage) => Promise<Partial<LoggerSettings>>) | null;
  /** `text` is for people and printable. `data` is for programs and keeps every character. */
  readonly kind: 'text' | 'data';
};

const textIn = (folder: string, name: RegExp): string =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, encoding: 'utf8' })
        .filter((file) => name.test(file))
        .map((file) => readFileSync(join(folder, file), 'utf8'))
        .join('')
    : '';

export const scenes: Readonly<Record<string, Scene>> = {
  terminal: {
    settings: () => ({}),
    output: ({ paper }) => paper.text,
    complete: (trial) => new RegExp(`^trial ${trial} COMPLETE with`, 'm'),
    breakSink: ({ paper }) => {
      paper.isBroken = true;
    },
    stalled: null,
    kind: 'text',
  },
  'sweep-log': {
    settings: () => ({}),
    output: ({ context }) => textIn(context.outputsDir, /^sweep_.*\.log$/),
    complete: (trial) => new RegExp(`^\\S+Z trial ${trial} COMPLETE with`, 'm'),
    breakSink: ({ context }) => writeFileSync(context.outputsDir, 'in the way'),
    stalled: null,
    kind: 'text',
  },
  csv: {
    settings: () => ({}),
    output: ({ folder }) => textIn(folder, /^runs\.csv$/),
    complete: (trial) => new RegExp(`^study,${trial},${trial},1,COMPLETE,`, 'm'),
    breakSink: ({ folder }) => mkdirSync(join(folder, 'runs.csv')),
    stalled: null,
    kind: 'data',
  },
  events: {
    settings: () => ({ events: 'made/events.jsonl' }),
    output: ({ folder }) => textIn(folder, /events\.jsonl$/),
    complete: (trial) => new RegExp(`^{"event":"trial-finished",.*"trial":${trial},"state":"complete"`, 'm'),
    breakSink: ({ folder }) => writeFileSync(join(folder, 'made'), 'in the way'),
    stalled: null,
    kind: 'text',
  },
  wandb: {
    settings: ({ folder }) => ({ wandbMode: 'offline', env: { HOME: folder, WANDB_DIR: folder } }),
    output: ({ folder }) => textIn(folder, /\.wandb$/),
    complete: (trial) => new RegExp(`study-${trial}\\b[^]*hpo_state[^]*"COMPLETE"`),
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
  // test/loggers/example-logger.ts
  results: {
    settings: () => ({}),
    output: ({ folder }) => textIn(folder, /^results\.txt$/),
    complete: (trial) => new RegExp(`^${trial} complete`, 'm'),
    breakSink: ({ folder }) => mkdirSync(join(folder, 'results.txt')),
    stalled: null,
    kind: 'text',
  },
};

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

// A program of its own: it passes the messages of src/loggers/wandb/sdk.ts to @wandb/sdk, which may end its process at any time.
// It exits with 0 when the SDK has finished the run.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import type { SdkMessage } from './sdk.js';

type Run = {
  log(data: object, step?: number, commit?: boolean): void;
  finish(code?: number): Promise<void>;
};
type Sdk = { init(options: object): Promise<Run> };

let run: Run | null = null;
let lastStep = -1;

for await (const line of createInterface({ input: process.stdin })) {
  const message = JSON.parse(line) as SdkMessage;
  if ('begin' in message) run = await begin(message.begin);
  else if ('row' in message) {
    lastStep = message.step;
    run?.log(message.row, message.step);
  } else await finish(message.end);
}
// The parent process has ended before the run.
process.exit(run === null ? 0 : 1);

async function begin({ module, options }: { module: string; options: object }): Promise<Run> {
  const loaded = (await import(pathToFileURL(module).href)) as { default: Sdk | { default: Sdk } };
  const sdk = 'init' in loaded.default ? loaded.default : loaded.default.default;
  return sdk.init(options);
}

/** Writes the end of the run as one more row: the SDK has no summary. */
async function finish({ exitCode, summary }: { exitCode: number; summary: object }): Promise<void> {
  const own = Object.entries(summary).filter(([name]) => name.startsWith('hpo_'));
  run?.log(Object.fromEntries(own), lastStep + 1);
  await run?.finish(exitCode);
  process.exit(0);
}

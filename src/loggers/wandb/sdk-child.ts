// A program of its own: it reads what src/loggers/wandb/sdk.ts tells it and gives it to @wandb/sdk, which may end its
// process whenever it likes. It exits 0 when the SDK has said that the run is finished.
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
// Whoever told us is gone, and nobody knows how the run ends.
process.exit(run === null ? 0 : 1);

async function begin({ module, options }: { module: string; options: object }): Promise<Run> {
  const loaded = (await import(pathToFileURL(module).href)) as { default: Sdk | { default: Sdk } };
  const sdk = 'init' in loaded.default ? loaded.default : loaded.default.default;
  return sdk.init(options);
}

/** The SDK has no summary of its own: how it ended is one row more. */
async function finish({ exitCode, summary }: { exitCode: number; summary: object }): Promise<void> {
  const own = Object.entries(summary).filter(([name]) => name.startsWith('hpo_'));
  run?.log(Object.fromEntries(own), lastStep + 1);
  await run?.finish(exitCode);
  process.exit(0);
}

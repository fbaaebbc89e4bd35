import type { Command } from 'commander';
import { ExitCode, print, printJson } from '../output.js';
import { parseLimit } from '../parse.js';
import { DEFAULT_STORAGE } from '../paths.js';
import { examples, jsonOption } from './shared.js';

type Options = { readonly storage: string; readonly limit: number; readonly json?: boolean };

const LIMIT_MS = 60_000;

export function registerDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description(
      'Look at this machine and say what hpo finds: GPUs, storage, disks, tfjs backends, and how to mend what is wrong. Changes nothing; exits 1 when hpo cannot work here.',
    )
    .option('--storage <url>', 'where studies live', DEFAULT_STORAGE)
    .option('--limit <duration>', 'how long one part may take (default: 1m)', parseLimit);
  examples(jsonOption(command), 'hpo doctor', 'hpo doctor --json').action(doctor);
}

async function doctor({ storage, limit = LIMIT_MS, json }: Options): Promise<void> {
  const [{ examine }, { reportText }, { parseStorageUrl }] = await Promise.all([
    import('../doctor/examine.js'),
    import('../doctor/report.js'),
    import('../../storage/url.js'),
  ]);
  parseStorageUrl(storage);
  const stop = new AbortController();
  // What hangs is in groups of its own, which no Ctrl-C of the terminal reaches.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  const report = await examine({ storage, limitMs: limit }, stop.signal);
  if (stop.signal.aborted) throw new ExitCode(130);
  if (json) printJson(report);
  else print(reportText(report));
  if (!report.ok) throw new ExitCode(1);
}

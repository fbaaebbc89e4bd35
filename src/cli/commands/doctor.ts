import type { Command } from 'commander';
import { deprecatedFlag } from '../deprecated-flag.js';
import { ExitCode, print, printJson } from '../output.js';
import { parseLimit } from '../parse.js';
import { DEFAULT_STORAGE } from '../paths.js';
import { examples, jsonOption } from './shared.js';

type Options = { readonly storage: string; readonly timeout: number; readonly json?: boolean };

const LIMIT_MS = 60_000;

export function registerDoctor(program: Command): void {
  const command = program
    .command('doctor')
    .description(
      'Check this machine: GPUs, storage, disks, tfjs backends, and how to fix what is wrong. Changes nothing; exits 1 when hpo cannot work here.',
    )
    .option('--storage <url>', 'where studies live', DEFAULT_STORAGE)
    .option('--timeout <duration>', 'how long one part may take (default: 1m)', parseLimit);
  deprecatedFlag(command, {
    old: '--limit <duration>',
    replacement: '--timeout <duration>',
    parse: parseLimit,
  });
  examples(jsonOption(command), 'hpo doctor', 'hpo doctor --json').action(doctor);
}

async function doctor({ storage, timeout = LIMIT_MS, json }: Options): Promise<void> {
  const [{ examine }, { reportText }, { storageFile }] = await Promise.all([
    import('../doctor/examine.js'),
    import('../doctor/report.js'),
    import('../../storage/url.js'),
  ]);
  storageFile(storage);
  const stop = new AbortController();
  // What hangs is in groups of its own, which no Ctrl-C of the terminal reaches.
  for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());
  const report = await examine({ storage, limitMs: timeout }, stop.signal);
  if (stop.signal.aborted) throw new ExitCode(130);
  if (json) printJson('doctor', report);
  else print(reportText(report));
  if (!report.ok) throw new ExitCode(1);
}

import { type Command, InvalidArgumentError } from 'commander';
import { parsePort } from '../parse.js';
import { DEFAULT_STORAGE } from '../paths.js';
import { examples, jsonOption } from './shared.js';

export type DashboardFlags = {
  readonly storage: string;
  readonly host: string;
  readonly allowHost?: readonly string[];
  readonly port: number;
  readonly readOnly?: boolean;
  readonly open?: boolean;
  readonly study?: string;
  readonly out?: string;
  readonly json?: boolean;
};

export const DEFAULT_PORT = 8787;

/** A name or an address, with a port or without. @throws a usage error for anything else, such as a URL. */
function collectHost(text: string, before: readonly string[] = []): readonly string[] {
  if (/^(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i.test(text)) return [...before, text];
  throw new InvalidArgumentError('expected a name such as gpu-box.example, or gpu-box.example:9000');
}

export function registerDashboard(program: Command): void {
  const command = program
    .command('dashboard')
    .description(
      'Show the studies of a database as a page that follows them, or write a study into one file.',
    )
    .option('--storage <url>', 'where studies live', DEFAULT_STORAGE)
    .option('--port <n>', 'the port; 0: any free one', parsePort, DEFAULT_PORT)
    .option('--host <name>', 'the address to listen on; anyone who can reach it needs the token', '127.0.0.1')
    .option(
      '--allow-host <name>',
      'another name under which the page is asked for, such as that of a proxy; may be given more than once',
      collectHost,
    )
    .option('--read-only', 'serve a page that changes nothing')
    .option('--open', 'open it in the browser')
    .option(
      '--study <name>',
      'the study that the page opens with; with --out (default: the one in cfg/sweep.yaml, or the only one)',
    )
    .option('--out <file>', 'write the page of one study into an HTML file, and serve nothing');
  examples(
    jsonOption(command),
    'hpo dashboard',
    'hpo dashboard --read-only --port 0',
    'hpo dashboard --out report.html',
    'hpo dashboard --study sweep --out report.html',
  ).action(async (flags: DashboardFlags) => {
    const { showDashboard } = await import('../dashboard/show.js');
    await showDashboard(flags);
  });
}

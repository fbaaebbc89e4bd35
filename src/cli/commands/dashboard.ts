import type { Command } from 'commander';
import { parsePort } from '../parse.js';
import { DEFAULT_STORAGE } from '../paths.js';
import { examples, jsonOption } from './shared.js';

export type DashboardFlags = {
  readonly storage: string;
  readonly host: string;
  readonly port: number;
  readonly readOnly?: boolean;
  readonly open?: boolean;
  readonly study?: string;
  readonly out?: string;
  readonly json?: boolean;
};

export const DEFAULT_PORT = 8787;

export function registerDashboard(program: Command): void {
  const command = program
    .command('dashboard')
    .description(
      'Show the studies of a database as a page that follows them, or write a study into one file.',
    )
    .option('--storage <url>', 'where studies live', DEFAULT_STORAGE)
    .option('--port <n>', 'the port; 0: any free one', parsePort, DEFAULT_PORT)
    .option('--host <name>', 'the address to listen on; anyone who can reach it needs the token', '127.0.0.1')
    .option('--read-only', 'serve a page that changes nothing')
    .option('--open', 'open it in the browser')
    .option('--study <name>', 'with --out: the study')
    .option('--out <file>', 'write the page of one study into an HTML file, and serve nothing');
  examples(
    jsonOption(command),
    'hpo dashboard',
    'hpo dashboard --read-only --port 0',
    'hpo dashboard --study sweep --out report.html',
  ).action(async (flags: DashboardFlags) => {
    const { showDashboard } = await import('../dashboard/show.js');
    await showDashboard(flags);
  });
}

import type { Command } from 'commander';
import { DEFAULT_STORAGE } from '../paths.js';
import { examples } from './shared.js';

export function registerMcp(program: Command): void {
  const command = program
    .command('mcp')
    .description(
      'Serve agents by the Model Context Protocol on stdin and stdout, for the sweep files of this folder (docs/mcp.md). It ends when stdin closes.',
    )
    .option('--storage <url>', 'where studies live', DEFAULT_STORAGE);
  examples(command, 'hpo mcp').action(async ({ storage }: { readonly storage: string }) => {
    const { serveMcp } = await import('../mcp/serve-mcp.js');
    await serveMcp(storage);
  });
}

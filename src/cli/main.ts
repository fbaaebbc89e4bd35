#!/usr/bin/env node
import { systemErrorText } from './system-errors.js';

try {
  const { runCli } = await import('./program.js');
  process.exitCode = await runCli(process.argv.slice(2));
} catch (error) {
  // hpo could not open its own files.
  const text = systemErrorText(error);
  if (text === null) throw error;
  process.stderr.write(`${text}\n`);
  process.exitCode = 1;
}

import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ScriptCommand } from './script-command.js';

/** Libraries and functions that read a command line and know --help. */
const PARSERS: Readonly<Record<ScriptCommand['language'], RegExp>> = {
  python:
    /\b(?:argparse|ArgumentParser|click|typer|absl|hydra|fire|docopt|tyro|jsonargparse|simple_parsing|LightningCLI|HfArgumentParser|configargparse|plac|draccus|cyclopts|optparse|tap)\b/,
  node: /\b(?:parseArgs|commander|yargs|minimist|meow|cac|oclif|sade|arg)\b/,
  other: /--help|getopts|usage/i,
};
const IMPORTS =
  /^\s*(?:from\s+([\w.]+)\s+import|import\s+([\w.]+))|(?:from\s+|require\()['"](\.{1,2}\/[^'"]+)['"]/gm;
const MAX_FILES = 50;
const MAX_BYTES = 1024 * 1024;

/**
 * Returns whether a script reads options from its command line: it, or a file of the project that it imports, names a parser. A program
 * that is no text is asked.
 */
export function readsArguments({ file, language }: ScriptCommand): boolean {
  if (file === null) return true;
  const open = [file];
  const seen = new Set<string>();
  while (open.length > 0 && seen.size < MAX_FILES) {
    const next = open.pop() as string;
    if (seen.has(next)) continue;
    seen.add(next);
    const text = readText(next);
    if (text === null) continue;
    if (text.includes('\0')) return next === file;
    if (PARSERS[language].test(text)) return true;
    open.push(...localImports(text, next));
  }
  return false;
}

function localImports(text: string, file: string): string[] {
  return [...text.matchAll(IMPORTS)].flatMap(([, from, plain, path]) => {
    const folder = dirname(file);
    if (path !== undefined)
      return [join(folder, path), join(folder, `${path}.js`), join(folder, `${path}.mjs`)].filter(isShort);
    const module = (from ?? plain ?? '').replace(/^\.+/, '').replaceAll('.', '/');
    if (module === '') return [];
    return [folder, '.']
      .flatMap((base) => [`${module}.py`, join(module, '__init__.py')].map((each) => join(base, each)))
      .filter(isShort);
  });
}

function isShort(file: string): boolean {
  return existsSync(file) && statSync(file).isFile() && statSync(file).size <= MAX_BYTES;
}

function readText(file: string): string | null {
  try {
    return isShort(file) ? readFileSync(file, 'utf8') : '\0';
  } catch {
    return null;
  }
}

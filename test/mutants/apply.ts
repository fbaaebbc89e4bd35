import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { locateExpression, locateSymbol, type Range } from './locate.js';
import type { Edit, Mutant } from './mutant.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Returns the changed text of every file that the mutant edits, by path from the root.
 * @throws Error that shows the anchor, where a file, symbol or expression is not found exactly once.
 */
export function mutatedFiles(mutant: Mutant, root: string): Map<string, string> {
  const edits = [mutant, ...(mutant.also ?? [])];
  const files = new Map<string, string>();
  for (const file of new Set(edits.map((edit) => edit.file))) {
    const path = join(root, file);
    const inFile = edits.filter((edit) => edit.file === file);
    const [first] = inFile as [Edit];
    if (!existsSync(path)) throw anchorError(first, 'the file does not exist');
    files.set(file, editedText(readFileSync(path, 'utf8'), inFile));
  }
  return files;
}

/** Edits are located in the text as it was, and made from its end to its start. */
function editedText(text: string, edits: readonly Edit[]): string {
  const located = edits.map((edit) => ({ edit, range: locate(text, edit) }));
  return located
    .sort((a, b) => b.range.start - a.range.start)
    .reduce(
      (edited, { edit, range }) => edited.slice(0, range.start) + edit.replacement + edited.slice(range.end),
      text,
    );
}

function locate(text: string, edit: Edit): Range {
  try {
    const range = locateExpression(text, locateSymbol(text, edit.symbol), edit.expression);
    if (text.slice(range.start, range.end) === edit.replacement)
      throw new Error('the replacement is the code that stands there');
    return range;
  } catch (error) {
    throw anchorError(edit, error instanceof Error ? error.message : String(error));
  }
}

function anchorError({ file, symbol, expression }: Edit, reason: string): Error {
  return new Error(`${reason}\n  file:       ${file}\n  symbol:     ${symbol}\n  expression: ${expression}`);
}

/** Returns why the test that a mutant names cannot be found, else null. */
export function missingTest({ test }: Mutant, root: string): string | null {
  const path = join(root, test.file);
  if (!existsSync(path)) return `the test file ${test.file} does not exist`;
  return readFileSync(path, 'utf8').includes(test.name) ? null : `${test.file} has no test "${test.name}"`;
}

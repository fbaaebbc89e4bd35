// Writes the files that are made from the source: `npm run generate`. With --check it only compares them.
import { readFile, writeFile } from 'node:fs/promises';
import { sweepJsonSchema } from '../dist/config/json-schema.js';

const files = new Map([[new URL('../cfg/sweep.schema.json', import.meta.url), sweepJsonSchema()]]);
const checkOnly = process.argv.includes('--check');

for (const [file, text] of files) {
  const now = await readFile(file, 'utf8').catch(() => null);
  if (now === text) continue;
  if (checkOnly) {
    console.error(`${file.pathname} is not what the source makes of it; run: npm run generate`);
    process.exitCode = 1;
  } else {
    await writeFile(file, text);
    console.log(`wrote ${file.pathname}`);
  }
}

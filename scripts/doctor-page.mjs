// Writes the example of docs/doctor.md: the real output of hpo doctor in the folder where this script runs.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { stdout, stderr, status } = spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), 'doctor'], {
  encoding: 'utf8',
});
if (status !== 0)
  throw new Error(`expected hpo doctor to find no problem, got exit code ${status}:\n${stdout}${stderr}`);

const page = join(root, 'docs', 'doctor.md');
const [before, rest] = readFileSync(page, 'utf8').split(/(?<=<!-- doctor:begin .*-->\n)/);
const after = rest.slice(rest.indexOf('<!-- doctor:end -->'));
writeFileSync(page, `${before}\n\`\`\`text\n${stdout.trimEnd()}\n\`\`\`\n\n${after}`);

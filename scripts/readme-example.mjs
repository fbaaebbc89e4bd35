// Writes what the README's example prints: runs its commands in an empty folder, as a reader would with a global hpo or npx.
// Needs Python 3 and `npm run build`.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const [BEGIN, END] = [
  '<!-- example:begin (written by scripts/readme-example.mjs) -->\n',
  '<!-- example:end -->',
];
/** Lines of a sweep that a reader of the README does not need. */
const LEFT_OUT = /^(?:trial \d+ (?:started|step) |auto selected)/;
const FIRST = 4;

const root = fileURLToPath(new URL('..', import.meta.url));
const readme = join(root, 'README.md');
const text = readFileSync(readme, 'utf8');
const block = [...text.matchAll(/^```sh\n(.*?)^```$/gms)]
  .map(([, code]) => code)
  .find((code) => code.includes('hpo tune'));
const lines = run(block)
  .split('\n')
  .filter((line) => !LEFT_OUT.test(line));
const trials = lines.filter((line) => line.startsWith('trial '));
const left = trials.slice(FIRST, -1);
const shown = lines.flatMap((line) => (line === left[0] ? ['...'] : left.includes(line) ? [] : [line]));
const output = shown
  .join('\n')
  .trimEnd()
  .replaceAll(/\n{2,}/g, '\n\n');
const [before, rest] = text.split(BEGIN);
writeFileSync(readme, `${before}${BEGIN}\n\`\`\`text\n${output}\n\`\`\`\n\n${rest.slice(rest.indexOf(END))}`);

/** Runs a block of commands where npx finds this hpo, and returns what they print. */
function run(commands) {
  const folder = mkdtempSync(join(tmpdir(), 'hpo-readme-'));
  try {
    const bin = join(folder, 'node_modules', '.bin');
    const project = join(folder, 'project');
    for (const path of [bin, project]) mkdirSync(path, { recursive: true });
    symlinkSync(join(root, 'dist', 'cli', 'main.js'), join(bin, 'hpo'));
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const env = { PATH: `${bin}${delimiter}${process.env.PATH}`, HOME: folder, npm_config_offline: 'true' };
    return execFileSync('sh', ['-ec', commands], { cwd: project, env, encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

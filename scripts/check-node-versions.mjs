// Proves that a study goes on exactly under another version of Node: what samplers propose is compared byte by byte.
// Other versions come from npm (node@20 and so on) into a temporary folder; without a way there the check is skipped.
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAJORS = ['20', '22', '24'];
const script = fileURLToPath(new URL('./proposals.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'hpo-node-'));

try {
  const own = process.versions.node;
  const expected = proposals(process.execPath);
  const lines = expected.split('\n').length - 1;
  for (const major of MAJORS.filter((each) => each !== own.split('.')[0])) {
    const node = install(major);
    if (node === null) {
      console.log(`node versions: SKIPPED ${major}, npm could not bring node@${major}`);
      continue;
    }
    const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
    const found = proposals(node);
    if (found === expected)
      console.log(`node versions: v${own} and ${version} propose the same, ${lines} lines`);
    else fail(own, expected, version, found);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function proposals(node) {
  return execFileSync(node, [script], { encoding: 'utf8', maxBuffer: 1e8 });
}

/** The program of a major version; null when there is no way to npm's registry. */
function install(major) {
  const prefix = join(folder, major);
  const args = [
    'install',
    `node@${major}`,
    '--prefix',
    prefix,
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  const { status, stderr } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  const node = join(prefix, 'node_modules', 'node', 'bin', 'node');
  if (status === 0 && existsSync(node)) return node;
  if (stderr) console.error(stderr.trim().split('\n')[0]);
  return null;
}

function fail(own, expected, version, found) {
  const [ours, theirs] = [expected.split('\n'), found.split('\n')];
  const at = ours.findIndex((line, k) => line !== theirs[k]);
  console.error(`node versions: v${own} and ${version} differ, first here:\n  ${ours[at]}\n  ${theirs[at]}`);
  process.exitCode = 1;
}

// Checks that another version of Node resumes a study exactly: compares the proposals of samplers byte by byte. Also runs
// the storage tests on that Node's own SQLite, which is used there where better-sqlite3 is not installed. Other versions
// come from npm (node@20 and so on) into a temporary folder; without access to it the check is skipped.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MAJORS, nodeOf, versionOf } from './other-nodes.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const script = fileURLToPath(new URL('./proposals.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'hpo-node-'));

try {
  const own = process.versions.node;
  const expected = proposals(process.execPath);
  const lines = expected.split('\n').length - 1;
  for (const major of MAJORS.filter((each) => each !== own.split('.')[0])) {
    const node = nodeOf(major, folder);
    if (node === null) {
      console.log(`node versions: SKIPPED ${major}, npm could not install node@${major}`);
      continue;
    }
    const version = versionOf(node);
    const found = proposals(node);
    if (found === expected)
      console.log(`node versions: v${own} and ${version} propose the same, ${lines} lines`);
    else fail(own, expected, version, found);
    testOwnSqlite(node, version);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function proposals(node) {
  return execFileSync(node, [script], { encoding: 'utf8', maxBuffer: 1e8 });
}

/** The tests of storage that run over each driver, with this Node's. */
function testOwnSqlite(node, version) {
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const env = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  const args = [vitest, 'run', 'test/storage', '--testNamePattern', 'node:sqlite'];
  const { status, stdout, stderr } = spawnSync(node, args, { cwd: root, env, encoding: 'utf8' });
  const passed = /Tests .*?(\d+) passed/.exec(stdout)?.[1];
  if (status === 0 && passed !== undefined) {
    console.log(`node versions: ${version} passes ${passed} tests of storage over its own SQLite`);
    return;
  }
  console.error(`node versions: storage fails over the SQLite of ${version}:\n${stdout}${stderr}`);
  process.exitCode = 1;
}

function fail(own, expected, version, found) {
  const [ours, theirs] = [expected.split('\n'), found.split('\n')];
  const at = ours.findIndex((line, k) => line !== theirs[k]);
  console.error(`node versions: v${own} and ${version} differ, first here:\n  ${ours[at]}\n  ${theirs[at]}`);
  process.exitCode = 1;
}

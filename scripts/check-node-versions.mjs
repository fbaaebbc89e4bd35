// Proves that a study goes on exactly under another version of Node: what samplers propose is compared byte by byte.
// Other versions come from npm (node@20 and so on) into a temporary folder; without a way there the check is skipped.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MAJORS, nodeOf, versionOf } from './other-nodes.mjs';

const script = fileURLToPath(new URL('./proposals.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'hpo-node-'));

try {
  const own = process.versions.node;
  const expected = proposals(process.execPath);
  const lines = expected.split('\n').length - 1;
  for (const major of MAJORS.filter((each) => each !== own.split('.')[0])) {
    const node = nodeOf(major, folder);
    if (node === null) {
      console.log(`node versions: SKIPPED ${major}, npm could not bring node@${major}`);
      continue;
    }
    const version = versionOf(node);
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

function fail(own, expected, version, found) {
  const [ours, theirs] = [expected.split('\n'), found.split('\n')];
  const at = ours.findIndex((line, k) => line !== theirs[k]);
  console.error(`node versions: v${own} and ${version} differ, first here:\n  ${ours[at]}\n  ${theirs[at]}`);
  process.exitCode = 1;
}

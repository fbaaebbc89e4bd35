import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Runs the whole suite. A few files that fail in it run once more, one at a time, without the load of the others; the run fails if
// any of them fails again, and names those that did not as flaky. More files than this are no matter of load.
const MOST_FILES_AGAIN = 4;

const folder = mkdtempSync(join(tmpdir(), 'hpo-failed-'));
const list = join(folder, 'files');

function run(args) {
  const env = { ...process.env, CI: '1', HPO_FAILED_FILES: list };
  return spawnSync('npm', ['test', '--', ...args], { stdio: 'inherit', env }).status ?? 1;
}

let status = run([]);
const files = existsSync(list) ? readFileSync(list, 'utf8').split('\n').filter(Boolean) : [];
if (status !== 0 && files.length > 0 && files.length <= MOST_FILES_AGAIN) {
  console.log(`\nfailed in the whole suite, run alone now: ${files.join(', ')}`);
  rmSync(list);
  status = run(['--no-file-parallelism', ...files]);
  if (status === 0) console.log(`\nflaky (failed in the suite, passed alone): ${files.join(', ')}`);
}
rmSync(folder, { recursive: true });
process.exitCode = status;

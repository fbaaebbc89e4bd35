import { execFileSync } from 'node:child_process';
import { root } from './files.mjs';

/** Runs a program of Node in the root. The program reports its own failure, which ends the build. */
export function runProgram(script, args) {
  try {
    execFileSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  } catch {
    process.exit(1);
  }
}

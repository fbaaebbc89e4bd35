import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Returns the milliseconds from the launch of a trial of the demo to the line that it prints before its first step. */
export async function timeStartUp(): Promise<number> {
  const start = performance.now();
  const child = spawn(
    process.execPath,
    ['dist/trainer/main.js', '--config', 'cfg/config.yaml', 'device=cpu', 'epochs=1'],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('SimpleCNN')) continue;
    const took = performance.now() - start;
    child.kill('SIGKILL');
    return took;
  }
  throw new Error('the trainer ended without output');
}

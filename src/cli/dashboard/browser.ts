import { spawn } from 'node:child_process';
import { warn } from '../output.js';

/** Opens a URL in the browser of this desktop. No shell sees it. */
export function openInBrowser(url: string): void {
  const program = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(program, [url], { stdio: 'ignore', detached: true });
  child.on('error', () => warn(`${program} could not be started; open the URL yourself`));
  child.unref();
}

import { spawn } from 'node:child_process';
import { warn } from '../output.js';

/** Opens a URL in the browser of this desktop. No shell sees it. */
export function openInBrowser(url: string): void {
  const [program, ...args] = browserCommand(url);
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  child.on('error', () => warn(`${program} could not be started; open the URL yourself`));
  child.unref();
}

/** Returns the program that opens a URL on this system, with its arguments. */
export function browserCommand(url: string, platform: string = process.platform): [string, ...string[]] {
  if (platform === 'win32') return ['rundll32', 'url.dll,FileProtocolHandler', url];
  return [platform === 'darwin' ? 'open' : 'xdg-open', url];
}

import { print, printError, warn } from '../output.js';
import type { OptimizeRequest } from './options.js';

/**
 * Starts the page of `--dashboard` beside the sweep and says where it is: on stderr where stdout is for JSON. A sweep runs
 * also without it.
 */
export async function openPage({ dashboard, storage, json }: OptimizeRequest): Promise<{ close(): void }> {
  if (!dashboard) return { close: () => {} };
  const { startBeside } = await import('../dashboard/beside.js');
  const page = await startBeside(storage);
  if (page.url === null) warn('the page could not be started; the sweep runs without it: hpo dashboard');
  else (json ? printError : print)(`page: ${page.url}`);
  return page;
}

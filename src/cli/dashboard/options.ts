import { fileURLToPath } from 'node:url';
import { packageFile } from '../../core/package-file.js';
import type { DashboardOptions } from '../../dashboard/server/dashboard.js';
import { openStorage } from '../../storage/open.js';
import { attemptsHere } from '../attempts-here.js';
import type { DashboardFlags } from '../commands/dashboard.js';
import { printError, warn } from '../output.js';
import { version } from '../version.js';
import { judgeApart } from './judge.js';

/** Longer than between two signs of life of the stream of events. */
const UNREAD_MS = 30_000;

/** How the flags of `hpo dashboard` start a dashboard. */
export function dashboardOptions({
  storage: url,
  host,
  allowHost = [],
  port,
  readOnly = false,
  study,
}: DashboardFlags): DashboardOptions {
  return {
    url,
    openStorage: (access) =>
      openStorage(url, { create: false, readOnly: access === 'read', warn: once(warn) }),
    attemptsHere,
    host,
    allowedHosts: allowHost,
    port,
    readOnly,
    firstStudy: study ?? null,
    unreadMs: UNREAD_MS,
    version: version(),
    assets: fileURLToPath(packageFile('dist/dashboard/')),
    judge: judgeApart,
    onDefect: (error) => printError(error instanceof Error ? (error.stack ?? error.message) : String(error)),
  };
}

const said = new Set<string>();

/** The database may be opened many times. */
function once(say: (message: string) => void): (message: string) => void {
  return (message) => {
    if (said.has(message)) return;
    said.add(message);
    say(message);
  };
}

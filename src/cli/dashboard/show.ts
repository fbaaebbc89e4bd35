import { usageError } from '../../core/errors.js';
import type { RunningDashboard } from '../../dashboard/server/serve.js';
import { withSchema } from '../../schemas/versions.js';
import type { DashboardFlags } from '../commands/dashboard.js';
import { beginJson, print } from '../output.js';
import { openInBrowser } from './browser.js';
import { dashboardOptions } from './options.js';

/** Serves the page until a signal ends it, or writes a report. */
export async function showDashboard(flags: DashboardFlags): Promise<void> {
  if (flags.out !== undefined) {
    const { writeReport } = await import('./report.js');
    return writeReport(flags, flags.out);
  }
  if (flags.storage === 'memory:')
    throw usageError(
      'dashboard.memory',
      'expected a database in a file, since memory: is gone with its process',
    );
  const { serveDashboard } = await import('../../dashboard/server/serve.js');
  const dashboard = await serveDashboard(dashboardOptions(flags));
  const ended = untilEnded();
  const url = pageOf(dashboard, flags.study);
  if (flags.json) {
    beginJson();
    print(
      JSON.stringify(
        withSchema('dashboard', {
          url,
          port: dashboard.port,
          storage: flags.storage,
          readOnly: flags.readOnly ?? false,
        }),
      ),
    );
  } else print(url);
  if (flags.open) openInBrowser(url);
  await ended;
  await dashboard.close();
}

function pageOf({ url }: RunningDashboard, study: string | undefined): string {
  if (study === undefined) return url;
  const page = new URL(url);
  page.pathname = `/studies/${encodeURIComponent(study)}`;
  return page.href;
}

/**
 * Resolves at Ctrl-C, at SIGTERM, when the terminal is closed, and when the process that started this one with a channel is
 * gone.
 */
function untilEnded(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
    if (process.connected) process.once('disconnect', () => resolve());
  });
}

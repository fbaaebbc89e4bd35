import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { HpoError, usageError } from '../../core/errors.js';
import { packageFile } from '../../core/package-file.js';
import { readPageFile } from '../../dashboard/page-file.js';
import { withSchema } from '../../schemas/versions.js';
import type { DashboardFlags } from '../commands/dashboard.js';
import { print } from '../output.js';
import { findStudy, withStorage } from '../studies.js';
import { dashboardOptions } from './options.js';

/** Writes the page of one study into a file, whole or not at all. */
export async function writeReport(flags: DashboardFlags, file: string): Promise<void> {
  const [{ collectReport }, { reportHtml }] = await Promise.all([
    import('../../dashboard/server/collect-report.js'),
    import('../../dashboard/report/report.js'),
  ]);
  const study =
    flags.study ?? (await withStorage(flags.storage, 'read', (storage) => findStudy(storage, flags))).name;
  const data = await collectReport(dashboardOptions(flags), study);
  const html = reportHtml(data, { script: await pageFile('app.js'), style: await pageFile('app.css') });
  await writeWhole(file, html);
  const bytes = Buffer.byteLength(html);
  const { name, trialCount } = data.study;
  if (flags.json)
    print(JSON.stringify(withSchema('dashboard-file', { study: name, trials: trialCount, file, bytes })));
  else print(`${file}: study ${name} with ${trialCount} trials, ${(bytes / 1e6).toFixed(1)} MB`);
}

async function pageFile(name: string): Promise<string> {
  const folder = fileURLToPath(packageFile('dist/dashboard/'));
  try {
    const { bytes } = await readPageFile(folder, name);
    return Buffer.from(bytes).toString();
  } catch (cause) {
    throw new HpoError('dashboard.no-page', `expected a file of the page at ${join(folder, name)}`, {
      fix: 'npm run build',
      cause,
    });
  }
}

async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${process.pid}.tmp`;
  try {
    await writeFile(draft, text);
    await rename(draft, file);
  } catch (cause) {
    await rm(draft, { force: true });
    throw usageError('dashboard.cannot-write', `expected to write ${file}, but it failed`, {
      fix: 'name a file in a folder that exists and that you may write to',
      cause,
    });
  }
}

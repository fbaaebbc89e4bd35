import { readdirSync, readFileSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { hydraSweep, isHydraSweep } from '../../config/import/hydra-sweep.js';
import { isKatibExperiment, katibSweep } from '../../config/import/katib.js';
import { type ImportedSweep, wandbSweep } from '../../config/import/wandb-sweep.js';
import { loadSweep } from '../../config/load.js';
import { readYaml } from '../../config/yaml-file.js';
import { HpoError, usageError } from '../../core/errors.js';
import { isMapping } from '../../core/mapping.js';
import { codeOf } from '../../core/system-error.js';

/** An hpo sweep file made from another program's, with notes on what was not imported. */
export type SweepFile = { readonly text: string; readonly notes: readonly string[] };

/** Converts a sweep of W&B, Katib or Hydra. @throws HpoError config.* for invalid YAML, import.not-a-sweep (usage). */
export async function importSweep(file: string): Promise<SweepFile> {
  const { value, source } = await readYaml(file, file);
  const { from, sweep, notes } = convert(value, file, source);
  const comments = [
    `# ${oneLine(sweep.study)}: imported from ${from} ${oneLine(basename(file))}.`,
    '# The trainer prints METRIC lines, or metrics.format names what it prints; parameters come as arguments.',
    ...notes.map((note) => `# Not imported: ${oneLine(note)}`),
  ];
  const text = `${comments.join('\n')}\n${stringify(sweep, { aliasDuplicateObjects: false, lineWidth: 0 })}`;
  return { text, notes: [...notes, ...(await faults(text))] };
}

/** Returns the file as a sweep file of hpo, by what it is. @throws HpoError import.not-a-sweep (usage). */
function convert(
  value: unknown,
  file: string,
  source: (path: readonly string[]) => string | null,
): ImportedSweep & { readonly from: string } {
  const name = basename(file);
  if (isKatibExperiment(value)) return { from: 'the Katib experiment', ...katibSweep(value, name) };
  if (isHydraSweep(value)) return { from: "Hydra's sweeper", ...hydraSweep(value, name, hydraScript()) };
  if (isMapping(value) && isMapping(value.parameters))
    return { from: 'the W&B sweep', ...wandbSweep(value, name, source) };
  throw usageError(
    'import.not-a-sweep',
    `expected a W&B sweep with the key parameters, a Katib Experiment or a Hydra sweeper, got ${file}`,
    { fix: 'to import results, pass a table: hpo import runs.csv' },
  );
}

/** Returns the only script of this folder that names Hydra; null when there are several, or none. */
function hydraScript(): string | null {
  const scripts = readdirSync('.').filter((name) => name.endsWith('.py') && statSync(name).isFile());
  const found = scripts.filter((name) => /hydra\.main/.test(readFileSync(name, 'utf8')));
  return found.length === 1 ? (found[0] ?? null) : null;
}

/** Returns what hpo's reader reports of the result: a value that W&B allows and hpo does not. */
async function faults(text: string): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'hpo-import-'));
  try {
    const sweepFile = join(folder, 'sweep.yaml');
    await writeFile(sweepFile, text);
    await loadSweep({ sweepFile });
    return [];
  } catch (error) {
    if (!(error instanceof HpoError)) throw error;
    return [`correct the result by hand: ${error.message.replaceAll(`${folder}/`, '')}`];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes the sweep file. @throws HpoError import.file-exists (usage). */
export async function writeSweep(path: string, text: string, force: boolean): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  try {
    await writeFile(path, text, { flag: force ? 'w' : 'wx' });
  } catch (cause) {
    if (codeOf(cause) !== 'EEXIST') throw cause;
    throw usageError('import.file-exists', `the file ${path} already exists`, {
      fix: 'use --out OTHER, or --force to overwrite it',
      cause,
    });
  }
}

function oneLine(text: unknown): string {
  return String(text).replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ');
}

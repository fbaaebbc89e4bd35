import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { stringify } from 'yaml';
import type { StudySpec } from '../../core/spec.js';
import { snapshotFile } from '../paths.js';

/** Writes the study's run defaults where trainers read them; the database has the truth, so a lost file is written again. */
export function writeSnapshot(studyDir: string, study: string, spec: StudySpec): string {
  const file = snapshotFile(studyDir);
  const text = `# One run's defaults as stored with study ${JSON.stringify(study)}; written by hpo, changes here are lost.\n${stringify(spec.config)}`;
  if (existsSync(file) && readFileSync(file, 'utf8') === text) return file;
  mkdirSync(dirname(file), { recursive: true });
  // A trainer that starts meanwhile reads the old text or the new one, never half of it.
  writeFileSync(`${file}.${process.pid}.tmp`, text);
  renameSync(`${file}.${process.pid}.tmp`, file);
  return file;
}

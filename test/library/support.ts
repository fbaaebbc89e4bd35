import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Study } from '../../src/index.js';

/** `sqlite:FILE` in a folder of this test alone. */
export function sqliteUrl(): string {
  const dir = mkdtempSync(join(tmpdir(), 'hpo-library-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return `sqlite:${join(dir, 'study.db')}`;
}

/** The study, closed when the test is over. */
export async function closing<S extends Pick<Study, 'close'>>(study: Promise<S>): Promise<S> {
  const opened = await study;
  onTestFinished(() => opened.close());
  return opened;
}

/** What was tried and what came of it, as text to compare. */
export async function history(study: Study): Promise<string[]> {
  return (await study.trials()).map(({ state, params, values }) => JSON.stringify([state, params, values]));
}

import { runBuilt } from '../../support/bundle.js';
import { askOptuna } from '../../support/optuna.js';
import type { StoredTrial } from './stored.js';

type OptunaTrial = {
  readonly number: number;
  readonly state: string;
  readonly values: readonly number[] | null;
  readonly intermediate: Readonly<Record<string, number>>;
};

/** Returns where the real Optuna reads something else from a study than its rows say. */
export async function auditByOptuna(
  url: string,
  study: string,
  stored: readonly StoredTrial[],
): Promise<string[]> {
  const { trials } = await askOptuna<{ readonly trials: readonly OptunaTrial[] }>('read_study.py', url, [
    study,
  ]);
  const shown = trials.map(({ number, state, values, intermediate }) => {
    const points = Object.entries(intermediate).map(([step, value]) => `loss@${step}=${value}`);
    return JSON.stringify([number, state, state === 'FAIL' ? null : (values?.[0] ?? null), points.sort()]);
  });
  const wanted = stored.map(({ number, state, value, intermediate }) =>
    JSON.stringify([number, state, state === 'FAIL' ? null : value, intermediate]),
  );
  return wanted.filter((row) => !shown.includes(row)).map((row) => `Optuna does not show ${row}`);
}

/** Returns what hpo itself finds wrong with the database. */
export async function auditByHpo(url: string, cwd: string): Promise<string[]> {
  const { code, stdout, stderr } = await runBuilt(['storage', 'check', '--storage', url], { cwd, env: {} });
  return code === 0 ? [] : [`hpo storage check exited ${code}: ${stdout}${stderr}`];
}

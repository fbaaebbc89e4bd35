import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import type { Size } from './ask-and-tell.js';

const SCRIPT = fileURLToPath(new URL('./optuna_speed.py', import.meta.url));

/** `estimated`: from the time of single asks after histories of several lengths, where a whole run would take an hour. */
export type OptunaTime = { readonly version: string; readonly seconds: number; readonly estimated: boolean };

const LONG = 2000;

/** Returns the wall time of Optuna's TPE (multivariate, constant liar) in memory; null where it is not installed. */
export async function timeOptunaTpe({ trials, floats }: Size): Promise<OptunaTime | null> {
  if (trials <= LONG) return whole({ sampler: 'tpe', trials, floats });
  const histories = [0, 0.1, 0.25, 0.5, 0.75, 1].map((share) => share * trials);
  const found = await run<{ version: string; seconds_an_ask: number[] }>({
    sampler: 'tpe',
    floats,
    histories,
  });
  if (!found) return null;
  let seconds = 0;
  for (let k = 1; k < histories.length; k++) {
    const [from, to] = [histories[k - 1] as number, histories[k] as number];
    const mean = ((found.seconds_an_ask[k - 1] as number) + (found.seconds_an_ask[k] as number)) / 2;
    seconds += mean * (to - from);
  }
  return { version: found.version, seconds, estimated: true };
}

/** Returns the wall time of Optuna's random sampler on a storage, with Optuna's settings. */
export async function timeOptunaRandom(
  { trials, floats }: Size,
  storage: string,
): Promise<OptunaTime | null> {
  return whole({ sampler: 'random', trials, floats, storage });
}

async function whole(job: object): Promise<OptunaTime | null> {
  const found = await run<{ version: string; seconds: number }>(job);
  return found && { ...found, estimated: false };
}

async function run<T>(job: object): Promise<T | null> {
  // Debian's package belongs to the system's interpreter, which may not be the first on the path.
  for (const python of ['python3', '/usr/bin/python3']) {
    const { exitCode, stdout } = await execa(python, [SCRIPT, JSON.stringify(job)], { reject: false });
    if (exitCode === 0) return JSON.parse(stdout) as T;
  }
  return null;
}

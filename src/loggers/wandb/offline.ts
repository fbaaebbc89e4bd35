import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { JournalReader } from '../runs/journal.js';
import { RecordLog } from './record-log.js';
import { Records } from './records.js';
import type { RunEnd } from './run-end.js';
import type { WandbRun } from './run-format.js';
import type { RunMetadata } from './run-metadata.js';

const LONG_MS = 3_600_000;

/**
 * Writes the file that `wandb sync` uploads, as a whole, when the run has ended: a crash leaves no partial file. Resolves without
 * a file when the sweep ends before the run. Rejects when the file cannot be written.
 */
export async function followOffline(folder: string, run: WandbRun): Promise<void> {
  const { journal } = run;
  while (!journal.ended) {
    if (run.isClosing) return;
    await run.gather(LONG_MS);
  }
  await writeRun(runFolder(folder, journal.head), run);
  journal.remove();
}

/** Returns `wandb/offline-run-YYYYMMDD_HHMMSS-ID`, with the run's start in local time: always the same for one run. */
export function runFolder(folder: string, { id, startedAtMs }: RunMetadata): string {
  const at = new Date(startedAtMs);
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${at.getFullYear()}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  const time = `${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
  const wandb = join(folder, 'wandb');
  // In another time zone, or after a change of the clock, the same run would have another name.
  const before = existsSync(wandb) ? readdirSync(wandb).find((name) => isOf(name, id)) : undefined;
  return join(wandb, before ?? `offline-run-${day}_${time}-${id}`);
}

function isOf(name: string, id: string): boolean {
  return name.startsWith('offline-run-') && name.endsWith(`-${id}`);
}

async function writeRun(folder: string, { journal }: WandbRun): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `run-${journal.head.id}.wandb`);
  const temporary = `${file}.tmp`;
  const to = openSync(temporary, 'w');
  try {
    const [log, records] = [new RecordLog(), new Records()];
    const write = (...all: Uint8Array[]) =>
      writeFileSync(to, Buffer.concat(all.map((each) => log.record(each))));
    writeFileSync(to, log.start());
    write(records.header(), records.run(journal.head));
    const reader = new JournalReader<RunEnd>(journal.file);
    for (;;) {
      const { rows, end } = await reader.next();
      write(...rows.map(({ step, row }) => records.history(step, row)));
      if (end) {
        write(records.summary(end.summary), records.exit(end), records.final());
        break;
      }
      if (rows.length === 0) throw new Error(`${journal.file} lacks its end`);
    }
    fsyncSync(to);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  } finally {
    closeSync(to);
  }
  renameSync(temporary, file);
}

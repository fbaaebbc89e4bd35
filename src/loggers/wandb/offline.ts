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
import { dirname, join } from 'node:path';
import { JournalReader } from '../runs/journal.js';
import { Turns } from '../runs/turns.js';
import { type Before, rowsAfter, summaryAfter } from './continued.js';
import { RecordLog } from './record-log.js';
import { messageIn, placeOf, readRecords } from './record-reader.js';
import { RECORD, Records } from './records.js';
import type { RunEnd } from './run-end.js';
import type { WandbRun } from './run-format.js';
import type { RunMetadata } from './run-metadata.js';

const LONG_MS = 3_600_000;

/**
 * Writes the file that `wandb sync` uploads, as a whole, when the run has ended: a crash leaves no partial file. Where the run
 * continues another one, its file is written again with the rows of both. Resolves without a file when the sweep ends before the
 * run. Rejects when the file cannot be written.
 */
export function followOffline(folder: string, run: WandbRun, turns = new Turns()): Promise<void> {
  const { journal } = run;
  const { trial, earlier = [], isEndOnly } = journal.head;
  return turns.take(String(trial), earlier.length > 0, async () => {
    while (!journal.ended) {
      if (run.isClosing) return;
      await run.gather(LONG_MS);
    }
    const before = earlier.map((id) => fileOf(folder, id)).find((file) => file !== null) ?? null;
    const own = join(runFolder(folder, journal.head), `run-${journal.head.id}.wandb`);
    // A trial that ended while it was paused, and whose file somebody removed, leaves none.
    if (before !== null || !isEndOnly) await writeRun(before ?? own, before, run);
    journal.remove();
  });
}

/** Returns the file of a run; null where it has none. */
function fileOf(folder: string, id: string): string | null {
  const wandb = join(folder, 'wandb');
  const name = existsSync(wandb) ? readdirSync(wandb).find((each) => isOf(each, id)) : undefined;
  const file = name === undefined ? null : join(wandb, name, `run-${id}.wandb`);
  return file !== null && existsSync(file) ? file : null;
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

async function writeRun(file: string, before: string | null, { journal }: WandbRun): Promise<void> {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.tmp`;
  const to = openSync(temporary, 'w');
  try {
    const [log, records] = [new RecordLog(), new Records()];
    const write = (...all: Uint8Array[]) =>
      writeFileSync(to, Buffer.concat(all.map((each) => log.record(each))));
    writeFileSync(to, log.start());
    write(records.header());
    const last = before === null ? begin(records, write, journal.head) : copy(records, write, before);
    const reader = new JournalReader<RunEnd>(journal.file);
    for (;;) {
      const { rows, end } = await reader.next();
      write(...rowsAfter(rows, last).map(({ step, row }) => records.history(step, row)));
      if (end) {
        const runtimeS = last.runtimeS + end.runtimeS;
        write(
          records.summary(summaryAfter(end.summary, last)),
          records.exit({ ...end, runtimeS }),
          records.final(),
        );
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
  // The mark of `wandb sync`: what it has uploaded is older than this.
  if (before !== null) rmSync(`${file}.synced`, { force: true });
}

type Write = (...all: Uint8Array[]) => void;

function begin(records: Records, write: Write, head: RunMetadata): Before {
  write(records.run(head));
  return { lastStep: null, runtimeS: 0 };
}

/** Copies the run and the history of a file. Returns where they end. */
function copy(records: Records, write: Write, from: string): Before {
  let last: Before = { lastStep: null, runtimeS: 0 };
  for (const record of readRecords(from)) {
    const { field, body } = messageIn(record);
    if (field === RECORD.history) last = placeOf(body);
    if (field === RECORD.history || field === RECORD.run) write(records.again(field, body));
  }
  return last;
}

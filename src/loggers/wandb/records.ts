import { type Field, int, message, string } from '../protobuf.js';
import { cellsOf } from './rows.js';
import type { RunEnd } from './run-end.js';
import type { RunMetadata } from './run-metadata.js';

/** Field numbers in W&B's message `Record` and in its inner messages. */
export const RECORD = { num: 1, history: 2, summary: 3, run: 17, exit: 18, final: 20, header: 21 };
const ITEM = { key: 1, valueJson: 16 };
const RUN = {
  id: 1,
  entity: 2,
  project: 3,
  config: 4,
  group: 6,
  jobType: 7,
  displayName: 8,
  notes: 9,
  tags: 10,
  startTime: 17,
};

/** Makes the records of one run and numbers them from 1. */
export class Records {
  #count = 0;

  header(): Uint8Array {
    return this.#record(message(RECORD.header, []));
  }

  run(head: RunMetadata): Uint8Array {
    const seconds = Math.floor(head.startedAtMs / 1000);
    const nanos = Math.round(head.startedAtMs - seconds * 1000) * 1e6;
    return this.#record(
      message(RECORD.run, [
        string(RUN.id, head.id),
        string(RUN.entity, head.entity),
        string(RUN.project, head.project),
        message(RUN.config, items(1, head.config)),
        string(RUN.group, head.group),
        string(RUN.jobType, head.jobType),
        string(RUN.displayName, head.displayName),
        string(RUN.notes, head.notes),
        ...head.tags.map((tag) => string(RUN.tags, tag)),
        message(RUN.startTime, [int(1, seconds), int(2, nanos)]),
      ]),
    );
  }

  /** `row`: the text of `rowText`, in which non-finite values are written by name. */
  history(step: number, row: string): Uint8Array {
    const cells = cellsOf(row).map(([name, value]) => item(1, name, value));
    return this.#record(message(RECORD.history, [...cells, message(2, [int(1, step)])]));
  }

  /** Returns the record of a message of another file. */
  again(field: number, body: Uint8Array): Uint8Array {
    return this.#record(message(field, [body]));
  }

  summary(summary: string): Uint8Array {
    const values = JSON.parse(summary) as Record<string, unknown>;
    return this.#record(message(RECORD.summary, items(1, values)));
  }

  exit({ exitCode, runtimeS }: RunEnd): Uint8Array {
    return this.#record(message(RECORD.exit, [int(1, exitCode), int(2, Math.round(runtimeS))]));
  }

  final(): Uint8Array {
    return this.#record(message(RECORD.final, []));
  }

  #record(field: Field): Uint8Array {
    return Buffer.concat([int(RECORD.num, ++this.#count), field]);
  }
}

function items(field: number, values: Readonly<Record<string, unknown>>): Field[] {
  return Object.entries(values).map(([name, value]) => item(field, name, JSON.stringify(value)));
}

function item(field: number, key: string, valueJson: string): Field {
  return message(field, [string(ITEM.key, key), string(ITEM.valueJson, valueJson)]);
}

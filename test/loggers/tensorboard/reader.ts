import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a file of events says. `scalars`: by tag, `[step, value]` each. */
export type Run = {
  readonly scalars: Record<string, [step: number, value: number][]>;
  readonly params: Record<string, number | string | boolean>;
  group: string;
  /** 0: it has no end. */
  status: number;
};

type Fields = { readonly number: number; readonly value: number | Buffer }[];

/** Returns the runs below a folder by their names, as a reader of all files in order finds them. Shares nothing with the writer. */
export function readRuns(folder: string): Record<string, Run> {
  const files = existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort() : [];
  const runs: Record<string, Run> = {};
  for (const file of files.filter((name) => name.includes('.tfevents.'))) {
    const name = file.split('/').slice(0, -1).join('/');
    runs[name] ??= { scalars: {}, params: {}, group: '', status: 0 };
    for (const event of recordsOf(readFileSync(join(folder, file)))) note(runs[name], fieldsOf(event));
  }
  return runs;
}

/** Returns a line for each run: its name, its scalars, its status. */
export function textOfRuns(folder: string): string {
  const lines = Object.entries(readRuns(folder)).map(([name, { scalars, status }]) => {
    const curves = Object.entries(scalars).map(
      ([tag, points]) => `${tag}=${points.map((point) => point.join(':')).join(',')}`,
    );
    return `${[name, ...curves.sort(), `status=${status}`].join(' ')}\n`;
  });
  return lines.join('');
}

/** The whole records: a reader waits for the rest of the last one. */
function* recordsOf(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at + 16 <= bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    if (at + 16 + length > bytes.length) return;
    yield bytes.subarray(at + 12, at + 12 + length);
    at += 16 + length;
  }
}

function fieldsOf(bytes: Buffer): Fields {
  const fields: { number: number; value: number | Buffer }[] = [];
  let at = 0;
  const varint = () => {
    for (let value = 0, scale = 1; ; scale *= 128) {
      const byte = bytes[at++] as number;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  const skip = (length: number) => {
    at += length;
    return at - length;
  };
  while (at < bytes.length) {
    const key = varint();
    const [number, type] = [key >> 3, key & 7];
    if (type === 0) fields.push({ number, value: varint() });
    else if (type === 1) fields.push({ number, value: bytes.readDoubleLE(skip(8)) });
    else if (type === 5) fields.push({ number, value: bytes.readFloatLE(skip(4)) });
    else {
      const length = varint();
      fields.push({ number, value: bytes.subarray(skip(length), at) });
    }
  }
  return fields;
}

const bytesOf = (fields: Fields, number: number) =>
  fields.filter((each) => each.number === number).map(({ value }) => value as Buffer);
const numberOf = (fields: Fields, number: number) =>
  (fields.find((each) => each.number === number)?.value ?? 0) as number;
const textOf = (fields: Fields, number: number) => String(bytesOf(fields, number)[0] ?? '');

function note(run: Run, event: Fields): void {
  for (const summary of bytesOf(event, 5))
    for (const value of bytesOf(fieldsOf(summary), 1)) {
      const fields = fieldsOf(value);
      const tag = textOf(fields, 1);
      if (!tag.startsWith('_hparams_/')) {
        run.scalars[tag] ??= [];
        run.scalars[tag].push([numberOf(event, 2), numberOf(fields, 2)]);
        continue;
      }
      const metadata = fieldsOf(bytesOf(fields, 9)[0] as Buffer);
      const plugin = fieldsOf(bytesOf(metadata, 1)[0] as Buffer);
      const content = fieldsOf(bytesOf(plugin, 2)[0] as Buffer);
      for (const start of bytesOf(content, 3).map(fieldsOf)) noteStart(run, start);
      for (const end of bytesOf(content, 4)) run.status = numberOf(fieldsOf(end), 1);
    }
}

function noteStart(run: Run, start: Fields): void {
  run.group = textOf(start, 4);
  for (const param of bytesOf(start, 1).map(fieldsOf)) {
    const [value] = fieldsOf(bytesOf(param, 2)[0] as Buffer);
    const kind = value?.number;
    run.params[textOf(param, 1)] =
      kind === 3 ? String(value?.value) : kind === 4 ? value?.value === 1 : (value?.value as number);
  }
}

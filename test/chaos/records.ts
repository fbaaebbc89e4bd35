/** The notes that trainers wrote about themselves, one line each: `TRIAL TOKEN start X | print TEXT | end CODE`. */
export type Note = {
  readonly trial: number;
  readonly token: string;
  readonly kind: string;
  readonly text: string;
};

export function parseNotes(records: string): Note[] {
  return records
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const match = /^(\d+) (\S+) (start|print|end) (.*)$/.exec(line);
      if (!match) throw new Error(`a trainer's note is torn: ${JSON.stringify(line)}`);
      return {
        trial: Number(match[1]),
        token: match[2] as string,
        kind: match[3] as string,
        text: match[4] as string,
      };
    });
}

/** `NAME@EPOCH=VALUE` of each metric in these printed lines, sorted. The audit writes stored reports in the same form. */
export function pointsOf(lines: readonly string[]): string[] {
  return lines
    .flatMap((line) => {
      const [, epoch = '', rest = ''] = /^METRIC epoch=(\d+) (.*)$/.exec(line) ?? [];
      return rest.split(' ').map((pair) => {
        const [name, value] = pair.split('=');
        return `${name}@${epoch}=${Number(value)}`;
      });
    })
    .sort();
}

/** An element of an SVG document that hpo has written, at its start. `text` follows it. */
export type Element = {
  readonly name: string;
  readonly isEnd: boolean;
  readonly attributes: ReadonlyMap<string, string>;
  readonly text: string;
};

const TAG = /<(\/?)([\w]+)((?:\s+[\w-]+="[^"]*")*)\s*\/?>([^<]*)/g;

/** Yields the tags of a document of `renderSvg`. Its texts are escaped, so that a tag ends at the first bracket. */
export function* elementsOf(svg: string): Iterable<Element> {
  for (const [, end, name = '', list = '', text = ''] of svg.matchAll(TAG)) {
    const attributes = new Map<string, string>();
    for (const [, key = '', value = ''] of list.matchAll(/([\w-]+)="([^"]*)"/g))
      attributes.set(key, plain(value));
    yield { name, isEnd: end === '/', attributes, text: plain(text) };
  }
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

function plain(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ENTITIES[name] as string);
}

type Point = readonly [x: number, y: number];

/** Returns the lines of a path: `M`, `L`, `H`, `V` and `Z`, absolute or relative. @throws RangeError for any other command. */
export function linesOf(d: string): readonly (readonly Point[])[] {
  const lines: Point[][] = [];
  let [x, y] = [0, 0];
  for (const [, command = '', rest = ''] of d.matchAll(/([a-z])([^a-z]*)/gi)) {
    const numbers = [...rest.matchAll(/-?\d*\.?\d+/g)].map(Number);
    const [baseX, baseY] = command === command.toLowerCase() ? [x, y] : [0, 0];
    const [first = 0, second = 0] = numbers;
    switch (command.toUpperCase()) {
      case 'M':
      case 'L':
        [x, y] = [baseX + first, baseY + second];
        break;
      case 'H':
        x = baseX + first;
        break;
      case 'V':
        y = baseY + first;
        break;
      case 'Z':
        [x, y] = lines.at(-1)?.[0] ?? [x, y];
        break;
      default:
        throw new RangeError(`no command ${command} in a path`);
    }
    if (command.toUpperCase() === 'M') lines.push([[x, y]]);
    else lines.at(-1)?.push([x, y]);
  }
  return lines;
}

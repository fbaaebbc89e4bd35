// Gives the chunks of the bundle short names: they are named 4,000 times in it, and a hash in a name is a text that no compression makes
// smaller. Four of its characters are left, so that files of two versions of hpo are not taken for each other.

const CHUNK = /[\w.-]+-[A-Z0-9]{8}\.js/g;
const LEAST = 4;

/** Returns the new name of each chunk, by its old one: `XGBA.js` for `chunk-XGBACDEF.js`, `gp-AB12.js` for `gp-AB12CDEF.js`. */
export function shortNames(names) {
  const short = new Map();
  const taken = new Set();
  for (const old of names.filter((name) => name.match(CHUNK)?.[0] === name).toSorted()) {
    const [, name, hash] = /^(.*-)([A-Z0-9]{8})\.js$/.exec(old);
    let length = LEAST;
    const named = () => `${name === 'chunk-' ? '' : name}${hash.slice(0, length)}.js`;
    while (taken.has(named())) length += 1;
    taken.add(named());
    short.set(old, named());
  }
  return short;
}

/** Returns code with the short names, and where each line of it lost how many characters: `[[column, count], ...]`. */
export function withShortNames(code, short) {
  const lost = [];
  const lines = code.split('\n').map((line, k) => {
    lost[k] = [];
    return line.replace(CHUNK, (old, column) => {
      const name = short.get(old) ?? old;
      lost[k].push([column, old.length - name.length]);
      return name;
    });
  });
  return { code: lines.join('\n'), lost };
}

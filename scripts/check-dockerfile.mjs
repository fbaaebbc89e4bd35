// Runs the commands of the Dockerfile without Docker: in an empty folder, with an empty home, under the Node that FROM
// names. Paths of the image become paths below that folder, and `npm install --global` installs there. Then the entry point
// runs a sweep in the working folder, as `docker run hpo optimize` would, and its hints name hpo as a global install has it.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { nodeOf } from './other-nodes.mjs';
import { expect, programsUnder, report } from './programs.mjs';

const MOST_LINES = 10;

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'hpo-dockerfile-'));

await report('Dockerfile', async () => {
  try {
    const text = readFileSync(join(root, 'Dockerfile'), 'utf8').trimEnd();
    expect(text.split('\n').length <= MOST_LINES, `at most ${MOST_LINES} lines`);
    const ran = await build(text);
    return `${ran} commands ran`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Returns the number of commands that ran. */
async function build(text) {
  const image = join(folder, 'image');
  const prefix = join(image, 'usr');
  for (const path of [join(prefix, 'bin'), join(folder, 'home'), join(folder, 'context')])
    mkdirSync(path, { recursive: true });
  const inImage = (path) => join(image, path);
  /** Absolute paths of the image that COPY or WORKDIR made. */
  const made = [];
  const translate = (command) => made.reduce((whole, path) => whole.replaceAll(path, inImage(path)), command);
  let runIn = null;
  let cwd = image;
  let ran = 0;
  let entry = [];
  for (const { name, rest } of instructions(text)) {
    if (name === 'FROM') runIn = await programsOf(rest, prefix);
    else if (name === 'COPY') made.push(...(await copy(rest, inImage)));
    else if (name === 'RUN') {
      await runIn(cwd, 'sh', ['-ec', translate(rest)]);
      ran += 1;
    } else if (name === 'WORKDIR') {
      made.push(rest);
      cwd = inImage(rest);
      mkdirSync(cwd, { recursive: true });
    } else if (name === 'ENTRYPOINT') entry = JSON.parse(rest);
    else if (name === 'CMD') {
      await runIn(cwd, entry[0], [...entry.slice(1), ...JSON.parse(rest)]);
      ran += 1;
    } else throw new Error(`expected an instruction that this check knows, got ${name}`);
  }
  await runIn(cwd, entry[0], ['init', '--node']);
  const { stdout } = await runIn(cwd, entry[0], ['optimize']);
  expect(stdout.includes('[20/20, '), `hpo optimize in the image to finish 20 trials, got ${stdout}`);
  expect(stdout.includes('has reached its budget'), `a finished sweep in the image, got ${stdout}`);
  expect(/^ {2}hpo best$/m.test(stdout), `hints for an hpo on the PATH, got ${stdout}`);
  return ran + 2;
}

/** The instructions, without comments, with continued lines joined. */
function instructions(text) {
  return text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name, rest] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
      if (name === undefined) throw new Error(`expected an instruction, got ${line}`);
      return { name, rest: rest.trim() };
    });
}

/** Returns a function that runs programs under the Node of an image such as `node:22`, installing globally in `prefix`. */
async function programsOf(from, prefix) {
  const major = /^node:(\d+)/.exec(from)?.[1];
  expect(major !== undefined, `an image such as node:22, got ${from}`);
  const node = nodeOf(major, folder);
  expect(node !== null, `node@${major} from npm`);
  const under = programsUnder(node, join(folder, 'home'));
  const path = [join(prefix, 'bin'), dirname(node), process.env.PATH].join(delimiter);
  return (cwd, program, args) => {
    const env = { npm_config_prefix: prefix, PATH: path };
    return under(cwd, program === 'hpo' ? join(prefix, 'bin', 'hpo') : program, args, { moreEnv: env });
  };
}

/** `npm pack` makes the file that COPY takes. Returns the folder in the image. */
async function copy(rest, inImage) {
  const [pattern, to] = rest.split(/\s+/);
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', join(folder, 'context')];
  const [{ filename }] = JSON.parse(
    (await programsUnder(process.execPath, folder)(root, 'npm', pack)).stdout,
  );
  const isWanted = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`);
  expect(isWanted.test(filename), `COPY to take what npm pack makes, ${filename}, got ${pattern}`);
  mkdirSync(inImage(to), { recursive: true });
  cpSync(join(folder, 'context', filename), join(inImage(to), basename(filename)));
  return [to];
}

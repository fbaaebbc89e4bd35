// Applies every example of docs/extending.md to a copy of the sources: each must compile, pass the suite of its kind, and be
// known to the command line and the documents. With --apply it only applies them, in seconds.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(root, 'docs', 'extending.md'), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'hpo-extending-'));
const run = (file, args, options = {}) =>
  execa(file, args, { cwd: folder, env: { CI: '' }, all: true, ...options }).catch((error) => {
    throw new Error(`${file} ${args.join(' ')} failed:\n${error.all ?? error.message}`);
  });
const expect = (text, part, where) => {
  if (!text.includes(part)) throw new Error(`expected ${part} in ${where}, got none`);
};

try {
  for (const name of ['src', 'test', 'cfg', 'docs', 'scripts', 'examples', 'bench']) copy(name);
  for (const name of [
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'vitest.config.ts',
    'biome.json',
    'README.md',
  ])
    copy(name);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));

  const files = [...page.matchAll(/^`([^`]+)` \(new\):\n\n(?:<!--[^\n]*-->\n)?```ts\n(.*?)^```$/gms)];
  const named = page.match(/^`[^`]+` \(new\):$/gm)?.length ?? 0;
  if (files.length !== named)
    throw new Error(`expected the text of ${named} new files in docs/extending.md, got ${files.length}`);
  for (const [, path, text] of files) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  await run('git', ['init', '--quiet']);
  const patches = [...page.matchAll(/^```diff\n(.*?)^```$/gms)].map(([, patch]) => patch);
  for (const patch of patches) {
    const file = /^\+\+\+ b\/(.*)$/m.exec(patch)?.[1];
    await run('git', ['apply', '-C1', '-'], { input: patch }).catch((error) => {
      throw new Error(`the example of docs/extending.md for ${file} does not fit that file any more`, {
        cause: error,
      });
    });
  }
  if (process.argv.includes('--apply'))
    console.log(`the ${patches.length} examples of docs/extending.md fit the sources`);
  else await useExamples(patches.length);
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

/** Compiles the examples, and runs the suites and a sweep with them. */
async function useExamples(count) {
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  await run(process.execPath, [tsc, '--noEmit']);
  await run(process.execPath, ['scripts/build/bundle.mjs']);
  // The trainer's kernels are built by another compiler.
  cpSync(join(root, 'dist', 'trainer', 'kernels'), join(folder, 'dist', 'trainer', 'kernels'), {
    recursive: true,
  });
  await run(process.execPath, ['scripts/generate.mjs']);
  // The list of commands in test/cli/help.test.ts is kept by hand.
  const suites = [...page.matchAll(/`(test\/[\w./-]+\.test\.ts)`/g)]
    .map(([, suite]) => suite)
    .filter((suite) => suite !== 'test/cli/help.test.ts');
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  await run(process.execPath, [vitest, 'run', 'test/architecture.test.ts', ...new Set(suites)]);

  const { stdout: help } = await run(process.execPath, ['dist/cli/main.js', 'optimize', '--help']);
  const configuration = readFileSync(join(folder, 'docs', 'configuration.md'), 'utf8');
  for (const name of ['climb', 'majority', 'middle']) {
    expect(help, `"${name}"`, 'hpo optimize --help');
    expect(configuration, `\`${name}\``, 'docs/configuration.md');
  }
  expect(help, '--greeting', 'hpo optimize --help');
  expect(configuration, '`logging.local.greeting`', 'docs/configuration.md');
  const { stdout: plotHelp } = await run(process.execPath, ['dist/cli/main.js', 'plot', '--help']);
  expect(plotHelp, 'durations', 'hpo plot --help');
  for (const [name, part] of [
    ['configuration', '`niced`'],
    ['plots', '`durations`'],
    ['running', '`summary`'],
  ])
    expect(readFileSync(join(folder, 'docs', `${name}.md`), 'utf8'), part, `docs/${name}.md`);
  await sweepWithAll();
  console.log(`the ${count} examples of docs/extending.md work`);
}

function copy(name) {
  cpSync(join(root, name), join(folder, name), { recursive: true });
}

/** A sweep that uses the examples: its trainer prints what Keras would. */
async function sweepWithAll() {
  const project = mkdtempSync(join(tmpdir(), 'hpo-extended-'));
  try {
    mkdirSync(join(project, 'cfg'));
    writeFileSync(
      join(project, 'train.sh'),
      'for epoch in 1 2 3; do echo "Epoch $epoch/3"; echo "loss: 0.$((9 - epoch)) - acc: 0.5"; done\n',
    );
    writeFileSync(
      join(project, 'cfg', 'sweep.yaml'),
      [
        'objective: { metric: loss, direction: minimize }',
        'trainer: { command: [sh, train.sh, "${overrides}"] }',
        'metrics: { format: keras }',
        'executor: niced',
        'logging: { local: { greeting: Good luck } }',
        'sampler: climb',
        'pruner: majority',
        'trials: 8',
        'parameters: { rate: { min: 0.1, max: 1 }, opt: [a, b] }',
        '',
      ].join('\n'),
    );
    const main = join(folder, 'dist', 'cli', 'main.js');
    const env = { HPO_SUMMARY: 'summary.txt' };
    const { stdout } = await run(process.execPath, [main, 'optimize'], { cwd: project, env });
    expect(stdout, 'Good luck', 'the beginning of a sweep with the examples');
    expect(stdout, '8 complete', 'the end of a sweep with the examples');
    expect(readFileSync(join(project, 'summary.txt'), 'utf8'), 'trial 7: complete', 'the file of the logger');
    const hpo = (...args) => run(process.execPath, [main, ...args], { cwd: project });
    // Its trainer saves no checkpoints: the trial that passes its middle is warned of, and all run on.
    const middle = [
      'optimize',
      '--scheduler',
      'middle',
      '--max-steps',
      '3',
      '--study',
      'middle',
      '--trials',
      '3',
    ];
    expect((await hpo(...middle)).stdout, '3 complete', 'a sweep with the scheduler');
    expect((await hpo('star', '3')).stdout, 'trial 3 has the tag star', 'hpo star');
    expect((await hpo('plot', 'durations')).stdout, 'Durations by loss', 'hpo plot durations');
  } finally {
    rmSync(project, { recursive: true, force: true, maxRetries: 5 });
  }
}

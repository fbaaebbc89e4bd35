// Runs other programs for the checks of the packed tarball.
import { existsSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { execa } from 'execa';

/** Variables that access to npm's registry may need: the Node of a distribution trusts its certificates, others need them named. */
const NETWORK = Object.entries(process.env).filter(([name]) =>
  /^(NODE_EXTRA_CA_CERTS|(https?|no)_proxy)$/i.test(name),
);
const LIMIT_MS = 300_000;

/**
 * Returns a function that runs a program in a folder under one Node, with an empty home and no other variable of this
 * environment. Its error contains the command and its output. With `{ reject: false }` a failure is a result; `moreEnv` adds variables.
 */
export function programsUnder(node, home) {
  const prefix = dirname(dirname(node));
  const env = {
    ...Object.fromEntries(NETWORK),
    PATH: `${dirname(node)}${delimiter}${process.env.PATH}`,
    HOME: home,
  };
  // As for a user without access to Node's headers: node-gyp uses those that came with Node.
  if (existsSync(join(prefix, 'include', 'node', 'node.h'))) env.npm_config_nodedir = prefix;
  return (cwd, program, args, { moreEnv = {}, ...options } = {}) =>
    execa(program, args, {
      cwd,
      env: { ...env, ...moreEnv },
      extendEnv: false,
      stdin: 'ignore',
      timeout: LIMIT_MS,
      ...options,
    });
}

/** Throws when a condition fails: `what` says what was expected, and what came. */
export function expect(holds, what) {
  if (!holds) throw new Error(`expected ${what}`);
}

/** Runs a check and prints its result; a failure is one message without a stack. */
export async function report(name, check) {
  try {
    console.log(`${name}: ok, ${await check()}`);
  } catch (error) {
    console.error(`${name}: ${error instanceof Error ? error.message : error}`);
    process.exitCode = 1;
  }
}

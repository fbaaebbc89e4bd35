import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const FOLDER = fileURLToPath(new URL('.', import.meta.url));

/** A patch that takes one protection out of src/, and the test that must fail with it. */
export type Mutation = {
  readonly name: string;
  readonly file: string;
  readonly protection: string;
  /** Path of the test file, from the root. */
  readonly testFile: string;
  /** Part of the test's full name. */
  readonly testName: string;
  /** Whether the test runs dist/, which must then be built from the patched sources. */
  readonly builds: boolean;
};

/** All of them, by name. @throws Error for a patch without its head lines. */
export function readMutations(): Mutation[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.patch'))
    .sort()
    .map((file) => {
      const text = readFileSync(join(FOLDER, file), 'utf8');
      const match =
        /^# protection: (.+)\n# test: (test\/\S+\.test\.ts) -t "(.+)"\n(# build: dist\n)?--- a\/src\//.exec(
          text,
        );
      if (!match)
        throw new Error(
          `${file}: expected "# protection: ...", "# test: FILE -t "NAME"", then a diff of src/`,
        );
      const [, protection = '', testFile = '', testName = '', build] = match;
      const name = file.slice(0, -'.patch'.length);
      return { name, file: join(FOLDER, file), protection, testFile, testName, builds: build !== undefined };
    });
}

/** Applies the patch to the tree in `folder`; with `check` it only finds out whether that would work. */
export function applyMutation({ name, file }: Mutation, folder: string, check = false): void {
  try {
    execFileSync('git', ['apply', ...(check ? ['--check'] : []), file], {
      cwd: folder,
      encoding: 'utf8',
      stdio: 'pipe',
    });
  } catch (error) {
    const { stderr = '' } = error as { stderr?: string };
    throw new Error(`the mutation ${name} no longer applies; make it anew against src/: ${stderr}`);
  }
}

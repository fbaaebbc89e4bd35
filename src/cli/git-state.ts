import { spawn } from 'node:child_process';

/** The commit of a work tree. `dirty`: tracked files differ from it; null: git did not answer in time. */
export type GitState = { readonly commit: string; readonly dirty: boolean | null };

const LIMIT_MS = 5000;
const MAX_OUTPUT = 1024 * 1024;

/**
 * Returns the commit of the repository that a folder is in, and whether its work tree is dirty. Null without git, without a
 * repository, and without a commit. Never rejects.
 *
 * Nothing of the repository's own configuration is run: not a file system monitor, not a hook, not a filter. Nothing is
 * written, and no network is used.
 */
export async function gitState(folder: string, signal: AbortSignal): Promise<GitState | null> {
  const head = await git(folder, ['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], { signal });
  const commit = head?.trim() ?? '';
  if (!/^[0-9a-f]{40,64}$/.test(commit)) return null;
  const names = await git(folder, ['config', '--list', '--name-only', '--show-scope', '-z'], { signal });
  if (names === null) return { commit, dirty: null };
  // Untracked files do not count: hpo's own outputs are among them.
  const status = ['status', '--porcelain', '--untracked-files=no', '--ignore-submodules=dirty'];
  const changes = await git(folder, status, { signal, config: withoutFilters(names) });
  return { commit, dirty: changes === null ? null : changes !== '' };
}

/** Settings that turn off each filter of the repository's own configuration; those of the user stay (Git LFS). */
export function withoutFilters(scopesAndNames: string): readonly (readonly [string, string])[] {
  const parts = scopesAndNames.split('\0');
  const drivers = new Set<string>();
  for (let k = 0; k + 1 < parts.length; k += 2) {
    const driver = /^(filter\..+)\.[^.]+$/s.exec(parts[k + 1] ?? '')?.[1];
    if (driver !== undefined && parts[k] !== 'global' && parts[k] !== 'system') drivers.add(driver);
  }
  return [...drivers].flatMap((driver): [string, string][] => [
    [`${driver}.clean`, ''],
    [`${driver}.smudge`, ''],
    [`${driver}.process`, ''],
    [`${driver}.required`, 'false'],
  ]);
}

/** Returns what git printed; null when it is missing, failed or took too long. */
function git(
  folder: string,
  args: readonly string[],
  {
    signal,
    config = [],
  }: { readonly signal: AbortSignal; readonly config?: readonly (readonly [string, string])[] },
): Promise<string | null> {
  const safe = ['--no-optional-locks', '--no-pager', '-c', 'core.fsmonitor=false'];
  return new Promise((resolve) => {
    try {
      const child = spawn('git', [...safe, '-C', folder, ...args], {
        env: gitEnv(config),
        stdio: ['ignore', 'pipe', 'ignore'],
        signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
        killSignal: 'SIGKILL',
      });
      let output = '';
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        if (output.length < MAX_OUTPUT) output += text;
      });
      child.on('error', () => resolve(null));
      child.on('close', (code) => resolve(code === 0 ? output : null));
    } catch {
      resolve(null);
    }
  });
}

/** This process's environment without variables that name another repository or let git run something. */
function gitEnv(config: readonly (readonly [string, string])[]): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'));
  const settings = [['core.fsmonitor', 'false'], ['core.hooksPath', '/dev/null'], ...config] as const;
  const numbered = settings.flatMap(([name, value], k) => [
    [`GIT_CONFIG_KEY_${k}`, name],
    [`GIT_CONFIG_VALUE_${k}`, value],
  ]);
  return {
    ...Object.fromEntries([...inherited, ...numbered]),
    GIT_CONFIG_COUNT: String(settings.length),
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    // A partial clone would fetch what it lacks.
    GIT_NO_LAZY_FETCH: '1',
    LC_ALL: 'C',
  };
}

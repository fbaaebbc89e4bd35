import { isMapping } from './mapping.js';
import type { JsonValue } from './trial.js';

/** Where a sweep came from: the code and the machine. Each part is null where it is unknown. */
export type Provenance = {
  /** When the first sweep with these values started. */
  readonly atMs: number;
  readonly host: string | null;
  readonly hpo: string | null;
  readonly node: string | null;
  /** The repository of the sweep file. `dirty`: tracked files differ from the commit. */
  readonly git: { readonly commit: string; readonly dirty: boolean | null } | null;
  /** The file among the words of the trainer's command, as it stands there, with the SHA-256 of its content. */
  readonly script: { readonly file: string; readonly sha256: string } | null;
};

/** The user attribute with the provenance of a study's sweeps, the oldest first. */
export const PROVENANCE_ATTRIBUTE = 'hpo:provenance';

const MAX_ENTRIES = 20;

/** Reads stored provenance. What it cannot read is left out. */
export function parseProvenance(stored: JsonValue | undefined): readonly Provenance[] {
  if (!Array.isArray(stored)) return [];
  return (stored as readonly JsonValue[]).flatMap((each) => (isMapping(each) ? entryOf(each) : []));
}

function entryOf(stored: Readonly<Record<string, unknown>>): Provenance[] {
  const { atMs, git, script } = stored;
  if (typeof atMs !== 'number') return [];
  const isGit = isMapping(git) && typeof git.commit === 'string';
  const isScript = isMapping(script) && typeof script.file === 'string' && typeof script.sha256 === 'string';
  return [
    {
      atMs,
      host: textOf(stored.host),
      hpo: textOf(stored.hpo),
      node: textOf(stored.node),
      git: isGit
        ? { commit: String(git.commit), dirty: typeof git.dirty === 'boolean' ? git.dirty : null }
        : null,
      script: isScript ? { file: String(script.file), sha256: String(script.sha256) } : null,
    },
  ];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Adds an entry that differs from the newest one in more than its time. The oldest are forgotten. */
export function addProvenance(entries: readonly Provenance[], entry: Provenance): readonly Provenance[] {
  const last = entries.at(-1);
  if (last && JSON.stringify({ ...last, atMs: 0 }) === JSON.stringify(inOrder({ ...entry, atMs: 0 })))
    return entries;
  return [...entries, entry].slice(-MAX_ENTRIES);
}

/** Keys in the order in which `parseProvenance` gives them. */
function inOrder({ atMs, host, hpo, node, git, script }: Provenance): Provenance {
  return {
    atMs,
    host,
    hpo,
    node,
    git: git && { commit: git.commit, dirty: git.dirty },
    script: script && { file: script.file, sha256: script.sha256 },
  };
}

/** Says that the script is not the one of the newest sweep; null when it is, or when nobody knows. */
export function changedScript(entries: readonly Provenance[], now: Provenance): string | null {
  const before = entries.findLast(({ script }) => script !== null)?.script;
  const { script } = now;
  if (!before || !script || before.sha256 === script.sha256) return null;
  const name = before.file === script.file ? script.file : `${before.file} (now ${script.file})`;
  return `the script ${name} has changed since the last sweep of this study: earlier results may not compare`;
}

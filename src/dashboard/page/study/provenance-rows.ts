import { isMapping } from '../../../core/mapping.js';
import type { StudyInfo } from '../../protocol.js';
import { formatTime } from '../text.js';

/** Returns where the newest sweep came from, in words; what is unknown is left out. */
export function provenanceRows({
  atMs,
  git,
  script,
  host,
  hpo,
  node,
}: StudyInfo['provenance']): readonly (readonly [name: string, value: string])[] {
  const rows: [string, string][] = [];
  if (typeof atMs === 'number') rows.push(['since', formatTime(atMs)]);
  if (isMapping(git)) rows.push(['git commit', `${String(git.commit).slice(0, 12)}${dirtyText(git.dirty)}`]);
  if (isMapping(script))
    rows.push(['script', `${String(script.file)} (sha256 ${String(script.sha256).slice(0, 12)})`]);
  if (typeof host === 'string') rows.push(['host', host]);
  const versions = Object.entries({ hpo, node }).flatMap(([name, version]) =>
    typeof version === 'string' ? [`${name} ${version}`] : [],
  );
  if (versions.length > 0) rows.push(['versions', versions.join(', ')]);
  return rows;
}

function dirtyText(dirty: unknown): string {
  if (dirty === true) return ' (dirty)';
  return dirty === null ? ' (state unknown)' : '';
}

import { SourceError } from '../data/source.js';
import { clean, formatCount } from '../text.js';
import { Link } from './link.js';

/** That something is awaited; `progress`: how many trials of it are read. */
export function Loading({
  what,
  progress = null,
}: {
  readonly what: string;
  readonly progress?: { readonly read: number; readonly total: number } | null;
}) {
  return (
    <div class="loading" role="status">
      <span class="loading-bar" aria-hidden="true" />
      Reading {what}
      {progress && progress.total > 0 ? (
        <span class="number" data-reading={progress.read}>
          {formatCount(progress.read)} of {formatCount(Math.max(progress.read, progress.total))} trials
        </span>
      ) : null}
    </div>
  );
}

/** An error, what to do about it, and a button that tries again. What was shown before stays on the page. */
export function Problem({ error, retry }: { readonly error: Error; readonly retry: () => void }) {
  const known = error instanceof SourceError ? error : null;
  return (
    <div class="problem-box" role="alert">
      <p>
        <strong>{known ? known.code : 'Unexpected error'}</strong> {clean(error.message)}
      </p>
      {known?.fix ? <p class="fix">{clean(known.fix)}</p> : null}
      <button type="button" class="button button-small" onClick={retry}>
        Try again
      </button>
    </div>
  );
}

/** The study of this page was deleted or renamed meanwhile. What was shown before stays on the page. */
export function GoneStudy() {
  return (
    <div class="problem-box" role="alert">
      <p>
        <strong>There is no such study (any more).</strong> It was deleted or renamed, or another database is
        in its place.
      </p>
      <p class="fix">
        See <Link to="/">all studies</Link>.
      </p>
    </div>
  );
}

/** Text where there is nothing yet: what it is, and what to do. */
export function Empty({
  title,
  text,
  command,
}: {
  readonly title: string;
  readonly text: string;
  readonly command?: string;
}) {
  return (
    <div class="empty-state">
      <h2>{title}</h2>
      <p>{text}</p>
      {command ? <code>{command}</code> : null}
    </div>
  );
}

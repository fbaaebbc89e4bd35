import type { StudyStore } from '../store/study-store.js';
import { clean } from '../text.js';
import { provenanceRows } from './provenance-rows.js';

/** Where the study came from: commit, script, host, versions, note and tags. */
export function About({ store }: { readonly store: StudyStore }) {
  const info = store.info.value;
  if (!info) return null;
  const rows = provenanceRows(info.provenance);
  if (rows.length === 0 && info.note === null && info.tags.length === 0) return null;
  return (
    <section class="about" aria-label="About the study">
      {info.note ? <p class="about-note">{clean(info.note)}</p> : null}
      {info.tags.length > 0 ? (
        <p class="tags">
          {info.tags.map((tag) => (
            <span key={tag} class="chip">
              {clean(tag)}
            </span>
          ))}
        </p>
      ) : null}
      <dl>
        {rows.map(([key, value]) => (
          <div key={key}>
            <dt>{clean(key)}</dt>
            <dd>{clean(value)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

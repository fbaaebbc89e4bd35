import { comparePath, studyPath } from '../router.js';
import type { StudyStore } from '../store/study-store.js';
import { clean } from '../text.js';
import { Link } from '../ui/link.js';
import { StateBadge } from '../ui/state-badge.js';
import { TopBar } from '../ui/top-bar.js';

/** The bar of the pages of one study. */
export function PageHead({
  store,
  trial = null,
}: {
  readonly store: StudyStore;
  readonly trial?: number | null;
}) {
  const info = store.info.value;
  return (
    <TopBar
      path={
        <>
          {trial === null ? (
            <h1 class="crumb crumb-last">{clean(store.name)}</h1>
          ) : (
            <>
              <Link to={studyPath(store.name)} class="crumb">
                {clean(store.name)}
              </Link>
              <span class="crumb-mark" aria-hidden="true">
                /
              </span>
              <h1 class="crumb crumb-last">Trial {trial}</h1>
            </>
          )}
          {info && trial === null ? <StateBadge state={info.state} /> : null}
          {store.connected.value ? null : <span class="offline">offline, trying again</span>}
        </>
      }
      links={
        store.source.live && trial === null ? (
          <Link to={comparePath([store.name])} class="button button-small">
            Compare
          </Link>
        ) : null
      }
    />
  );
}

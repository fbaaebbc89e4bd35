import { Dialog } from './actions/dialog.js';
import { notice } from './app-state.js';
import { ComparePage } from './compare/compare-page.js';
import { ListPage } from './list/list-page.js';
import { tip } from './plots/tip.js';
import { route } from './router.js';
import { StudyPage } from './study/study-page.js';
import { clean } from './text.js';
import { TrialPage } from './trial/trial-page.js';
import { Empty } from './ui/loading.js';
import { TipView } from './ui/tip-view.js';
import { TopBar } from './ui/top-bar.js';

/** The page of the present route, and what may lie over it. */
export function App() {
  tip.peek();
  return (
    <>
      <Page />
      <TipView />
      <Dialog />
      <div class="notices" role="status" aria-live="polite">
        {notice.value ? <p class={`notice notice-${notice.value.kind}`}>{clean(notice.value.text)}</p> : null}
      </div>
    </>
  );
}

function Page() {
  const shown = route.value;
  switch (shown.page) {
    case 'list':
      return <ListPage />;
    case 'study':
      return <StudyPage key={shown.study} name={shown.study} />;
    case 'trial':
      return <TrialPage key={`${shown.study}:${shown.trial}`} name={shown.study} number={shown.trial} />;
    case 'compare':
      return <ComparePage studies={shown.studies} />;
    default:
      return (
        <>
          <TopBar path={<h1 class="crumb crumb-last">Not found</h1>} />
          <main id="main">
            <Empty title="There is no such page" text={clean(shown.path)} />
          </main>
        </>
      );
  }
}

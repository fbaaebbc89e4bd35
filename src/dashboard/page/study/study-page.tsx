import { effect } from '@preact/signals';
import { useEffect, useState } from 'preact/hooks';
import { StudyActions } from '../actions/study-actions.js';
import { dataSource, server, setBody } from '../app-state.js';
import { Contour } from '../plots/contour.js';
import { CurvesPanel } from '../plots/curves.js';
import { drawn } from '../plots/drawn.js';
import { History } from '../plots/history.js';
import { Importance } from '../plots/importance.js';
import { Parallel } from '../plots/parallel.js';
import { Pareto } from '../plots/pareto.js';
import { Slice } from '../plots/slice.js';
import { Timeline } from '../plots/timeline.js';
import { currentQuery, replaceQuery } from '../router.js';
import { brush } from '../store/brush.js';
import { fromQuery, isEmpty, NO_FILTERS, toQuery } from '../store/filters.js';
import { StudyStore } from '../store/study-store.js';
import { TrialTable } from '../table/trial-table.js';
import { formatCount } from '../text.js';
import { GoneStudy, Loading, Problem } from '../ui/loading.js';
import { About } from './about.js';
import { PageHead } from './page-head.js';
import { SelectionBar } from './selection-bar.js';
import { Summary } from './summary.js';

/** Everything about one study, on one page. */
export function StudyPage({ name }: { readonly name: string }) {
  const [store] = useState(() => new StudyStore(dataSource(), name));
  useEffect(() => startStudy(store), [store]);
  const isOpen = store.version.value > 0;
  const error = store.error.value;
  return (
    <>
      <PageHead store={store} />
      <main class="study" id="main">
        {store.isGone.value ? (
          <GoneStudy />
        ) : error ? (
          <Problem error={error} retry={() => void store.refresh()} />
        ) : null}
        {isOpen ? (
          <OpenStudy store={store} />
        ) : error ? null : (
          <Loading what="the study" progress={store.opening.value} />
        )}
      </main>
    </>
  );
}

function OpenStudy({ store }: { readonly store: StudyStore }) {
  useEffect(() => announceReady(), []);
  return (
    <>
      <Summary store={store} />
      {server.value?.readOnly || store.isGone.value ? null : <StudyActions store={store} />}
      <SelectionBar store={store} />
      <div class="panels">
        <History store={store} />
        <CurvesPanel store={store} />
        <Parallel store={store} />
        <Importance store={store} />
        <Contour store={store} />
        <Pareto store={store} />
        <Slice store={store} />
        <Timeline store={store} />
        <section class="panel panel-wide panel-table" aria-label="Trials">
          <header class="panel-head">
            <h2>Trials</h2>
            <span class="hint">
              {formatCount(store.selection.value.count)} shown. Arrows move, Enter opens a trial
            </span>
          </header>
          <TrialTable store={store} />
        </section>
      </div>
      <About store={store} />
    </>
  );
}

/** Ready once the plots of this page exist: each draws as it starts. */
function announceReady(): () => void {
  let isDone = false;
  const stop = effect(() => {
    if (drawn.value === 0 || isDone) return;
    isDone = true;
    setTimeout(() => setBody({ ready: true }), 0);
  });
  return stop;
}

/** Opens a study, and keeps its selection and the facts for scripts in the document. */
function startStudy(store: StudyStore): () => void {
  setBody({ ready: false, trials: 0, selected: 0 });
  store.filters.value = fromQuery(currentQuery());
  void store.open().then(() => store.fetchImportance());
  let timer = 0;
  let importanceTimer = 0;
  const stops = [
    effect(() => {
      store.version.value;
      setBody({ trials: store.columns.total });
    }),
    effect(() => {
      const { count, active } = store.selection.value;
      setBody({ selected: active ? count : 0 });
    }),
    effect(() => {
      const filters = store.filters.value;
      // Browsers limit how often an address may change.
      clearTimeout(timer);
      setBody({ address: 'pending' });
      timer = setTimeout(() => {
        replaceQuery(toQuery(filters, currentQuery()));
        setBody({ address: 'current' });
      }, 120);
    }),
    effect(() => {
      if (store.version.value < 2) return;
      clearTimeout(importanceTimer);
      importanceTimer = setTimeout(() => void store.fetchImportance(), 3_000);
    }),
  ];
  const clear = (event: KeyboardEvent) => {
    const isTyping =
      event.target instanceof HTMLElement && /^(?:INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName);
    if (event.key !== 'Escape' || isTyping || document.querySelector('dialog[open]')) return;
    if (event.target instanceof HTMLElement && event.target.dataset.axis !== undefined) return;
    if (!isEmpty(store.filters.peek())) brush(store, NO_FILTERS);
  };
  const back = () => {
    store.filters.value = fromQuery(currentQuery());
  };
  addEventListener('keydown', clear);
  addEventListener('popstate', back);
  return () => {
    clearTimeout(timer);
    clearTimeout(importanceTimer);
    removeEventListener('keydown', clear);
    removeEventListener('popstate', back);
    for (const stop of stops) stop();
    store.close();
  };
}

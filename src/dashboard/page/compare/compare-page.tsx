import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { StudyListEntry } from '../../protocol.js';
import { dataSource, setBody } from '../app-state.js';
import { colors } from '../plots/theme.js';
import { comparePath, navigate, studyPath } from '../router.js';
import { StudyStore } from '../store/study-store.js';
import { clean, formatCount, formatNumber } from '../text.js';
import { LinePlot } from '../trial/curve-plot.js';
import { Choice } from '../ui/choice.js';
import { Link } from '../ui/link.js';
import { Empty, Loading, Problem } from '../ui/loading.js';
import { TopBar } from '../ui/top-bar.js';
import { alignPaths, bestPath, type Over } from './best-path.js';

const OVERS = [
  ['trials', 'trials'],
  ['epochs', 'epochs'],
  ['hours', 'hours'],
] as const;
/** Colors that differ in lightness too, by Okabe and Ito. */
const LINES = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#d55e00', '#56b4e9', '#9a8f00', '#7a7a7a'];
const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [10, 3, 2, 3]];

/** Two or more studies: the best so far over trials, epochs and hours. */
export function ComparePage({ studies }: { readonly studies: readonly string[] }) {
  const stores = useSignal<readonly StudyStore[]>([]);
  const list = useSignal<readonly StudyListEntry[]>([]);
  const over = useSignal<Over>('trials');
  const error = useSignal<Error | null>(null);
  const key = studies.join('\u0000');
  useEffect(() => {
    setBody({ ready: false, trials: 0, selected: 0 });
    const opened = studies.map((name) => new StudyStore(dataSource(), name));
    const open = async () => {
      list.value = await dataSource().studies();
      await Promise.all(opened.map((store) => store.refresh()));
      error.value = opened.map((store) => store.error.value).find((each) => each !== null) ?? null;
      stores.value = opened.filter((store) => store.version.value > 0);
      const trials = stores.value.reduce((sum, store) => sum + store.columns.total, 0);
      setTimeout(() => setBody({ ready: true, trials }), 0);
    };
    open().catch((caught: unknown) => {
      error.value = caught as Error;
    });
    return () => {
      for (const store of opened) store.close();
    };
  }, [key]);
  const others = list.value.filter(({ name }) => !studies.includes(name));
  return (
    <>
      <TopBar
        path={<h1 class="crumb crumb-last">Compare</h1>}
        links={
          others.length > 0 ? (
            <Choice
              label="Add"
              value=""
              options={[['', 'a study'], ...others.map(({ name }) => [name, name] as const)]}
              onChange={(name) => name && navigate(comparePath([...studies, name]))}
            />
          ) : null
        }
      />
      <main class="compare" id="main">
        {error.value ? <Problem error={error.value} retry={() => location.reload()} /> : null}
        {studies.length === 0 ? (
          <Empty title="Nothing to compare" text="Choose studies in the list." />
        ) : null}
        {studies.length > 0 && stores.value.length === 0 && !error.value ? (
          <Loading what="the studies" />
        ) : null}
        {stores.value.length > 0 ? (
          <>
            <section class="panel panel-wide" data-plot="compare" aria-label="Best so far">
              <header class="panel-head">
                <h2>Best so far</h2>
                <div class="tools">
                  <Choice
                    label="over"
                    value={over.value}
                    options={OVERS}
                    onChange={(value) => {
                      over.value = value as Over;
                    }}
                  />
                </div>
              </header>
              {new Set(stores.value.map(objectiveText)).size > 1 ? (
                <p class="note" role="note">
                  These studies have different objectives: their values do not compare.
                </p>
              ) : null}
              <ComparePlot stores={stores.value} over={over.value} />
            </section>
            <CompareTable stores={stores.value} studies={studies} />
          </>
        ) : null}
      </main>
    </>
  );
}

function ComparePlot({ stores, over }: { readonly stores: readonly StudyStore[]; readonly over: Over }) {
  const paths = stores.map((store) => bestPath(store, over));
  const { xs, values } = alignPaths(paths);
  const metrics = [...new Set(stores.map(objectiveText))];
  colors.value;
  return (
    <LinePlot
      key={`${over}:${xs.length}`}
      xLabel={over}
      isWhole={over !== 'hours'}
      yLabel={metrics.join(', ')}
      xs={xs}
      lines={stores.map((store, k) => ({
        label: clean(store.name),
        values: values[k] ?? [],
        color: LINES[k % LINES.length] as string,
        width: 2,
        dash: DASHES[Math.floor(k / 2) % DASHES.length] ?? [],
      }))}
      bands={[]}
      log={false}
      height={340}
      label={`Best so far over ${over}`}
    />
  );
}

/** The first objective with its direction; empty while it is unknown. */
function objectiveText(store: StudyStore): string {
  const [objective] = store.info.value?.objectives ?? [];
  return objective
    ? `${clean(objective.metric)} ${objective.direction === 'minimize' ? '\u2193' : '\u2191'}`
    : '';
}

function CompareTable({
  stores,
  studies,
}: {
  readonly stores: readonly StudyStore[];
  readonly studies: readonly string[];
}) {
  return (
    <section class="panel panel-wide" aria-label="Best of each study">
      <header class="panel-head">
        <h2>Best of each study</h2>
      </header>
      <div class="scroll-x">
        <table class="plain">
          <thead>
            <tr>
              <th scope="col">study</th>
              <th scope="col">best</th>
              <th scope="col">objective</th>
              <th scope="col">trials</th>
              <th scope="col">sampler</th>
              <th scope="col">pruner</th>
              <th scope="col">
                <span class="hidden-text">remove</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {stores.map((store, k) => {
              const info = store.info.value;
              const [best] = info?.bestTrials ?? [];
              const deviation =
                best === undefined ? Number.NaN : (store.columns.values('std:0')[best] ?? Number.NaN);
              const value = info?.best?.[0];
              const others = studies.filter((name) => name !== store.name);
              return (
                <tr key={store.name}>
                  <td>
                    <span
                      class="line-mark"
                      style={{
                        borderTop: `3px ${(DASHES[Math.floor(k / 2) % DASHES.length]?.length ?? 0) > 0 ? 'dashed' : 'solid'} ${LINES[k % LINES.length]}`,
                      }}
                      aria-hidden="true"
                    />
                    <Link to={studyPath(store.name)}>{clean(store.name)}</Link>
                  </td>
                  <td class="number">
                    {value === undefined ? '\u2013' : formatNumber(value)}
                    {deviation > 0 ? ` \u00b1 ${formatNumber(Number(deviation.toPrecision(2)))}` : ''}
                  </td>
                  <td>
                    {info?.objectives
                      .map(
                        ({ metric, direction }) =>
                          `${clean(metric)} ${direction === 'minimize' ? '\u2193' : '\u2191'}`,
                      )
                      .join(', ')}
                  </td>
                  <td class="number">{formatCount(store.columns.total)}</td>
                  <td>{clean(info?.sampler ?? '\u2013')}</td>
                  <td>{clean(info?.pruner ?? '\u2013')}</td>
                  <td>
                    <button
                      type="button"
                      class="button button-small"
                      aria-label={`Remove ${clean(store.name)}`}
                      onClick={() => navigate(comparePath(others))}
                    >
                      {'\u00d7'}
                    </button>
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

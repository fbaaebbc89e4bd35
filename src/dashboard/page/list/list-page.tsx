import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { StudyListEntry } from '../../protocol.js';
import { ManageStudy } from '../actions/manage-study.js';
import { dataSource, server, setBody } from '../app-state.js';
import { comparePath, navigate, studyPath } from '../router.js';
import { clean, formatAgo, formatNumber } from '../text.js';
import { Link } from '../ui/link.js';
import { Empty, Loading, Problem } from '../ui/loading.js';
import { Progress } from '../ui/progress.js';
import { StateBadge } from '../ui/state-badge.js';
import { TopBar } from '../ui/top-bar.js';
import { Sparkline } from './sparkline.js';

/** Every study of the database. */
export function ListPage() {
  const studies = useSignal<readonly StudyListEntry[] | null>(null);
  const error = useSignal<Error | null>(null);
  const chosen = useSignal<ReadonlySet<string>>(new Set());
  const read = async () => {
    try {
      server.value = await dataSource().server();
      studies.value = await dataSource().studies();
      error.value = null;
    } catch (caught) {
      error.value = caught as Error;
    }
    const total = studies.value?.reduce((sum, { trialCount }) => sum + trialCount, 0) ?? 0;
    if (studies.value) setTimeout(() => setBody({ ready: true, trials: total, selected: 0 }), 0);
  };
  useEffect(() => {
    setBody({ ready: false, trials: 0, selected: 0 });
    void read();
    return dataSource().subscribe(null, (event) => {
      if ('connected' in event || event.kind === 'studies' || event.kind === 'database') void read();
    });
  }, []);
  const list = studies.value;
  return (
    <>
      <TopBar
        path={<h1 class="crumb crumb-last">Studies</h1>}
        links={
          chosen.value.size > 1 ? (
            <button
              type="button"
              class="button button-small button-primary"
              onClick={() => navigate(comparePath([...chosen.value]))}
            >
              Compare {chosen.value.size}
            </button>
          ) : null
        }
      />
      <main class="list" id="main">
        {error.value ? <Problem error={error.value} retry={() => void read()} /> : null}
        {list === null && !error.value ? <Loading what="the studies" /> : null}
        {list?.length === 0 ? <NoStudies /> : null}
        {list && list.length > 0 ? (
          <ul class="studies">
            {sorted(list).map((study) => (
              <StudyRow
                key={study.name}
                study={study}
                isChosen={chosen.value.has(study.name)}
                onChoose={(on) => {
                  const next = new Set(chosen.value);
                  if (on) next.add(study.name);
                  else next.delete(study.name);
                  chosen.value = next;
                }}
                done={() => void read()}
              />
            ))}
          </ul>
        ) : null}
      </main>
    </>
  );
}

function NoStudies() {
  const database = server.value?.database;
  if (database?.state === 'failing')
    return <Empty title="The database cannot be read" text={clean(database.message ?? '')} />;
  return (
    <Empty
      title={database?.state === 'missing' ? 'No database yet' : 'No study yet'}
      text="Start a sweep. It appears here with its first trial."
      command="hpo init && hpo optimize"
    />
  );
}

function sorted(studies: readonly StudyListEntry[]): StudyListEntry[] {
  return studies.toSorted(
    (a, b) => (b.lastActivityMs ?? 0) - (a.lastActivityMs ?? 0) || a.name.localeCompare(b.name),
  );
}

type RowProps = {
  readonly study: StudyListEntry;
  readonly isChosen: boolean;
  readonly onChoose: (on: boolean) => void;
  readonly done: () => void;
};

function StudyRow({ study, isChosen, onChoose, done }: RowProps) {
  const { name, broken, objectives } = study;
  if (broken !== null)
    return (
      <li class="study-row study-broken" data-study={name}>
        <strong>{clean(name)}</strong>
        <span class="problem">{clean(broken)}</span>
        <ManageStudy name={name} done={done} />
      </li>
    );
  const [objective] = objectives;
  return (
    <li class="study-row" data-study={name} data-state={study.state}>
      <label class="check">
        <input
          type="checkbox"
          checked={isChosen}
          aria-label={`Compare ${clean(name)}`}
          onChange={(event) => onChoose(event.currentTarget.checked)}
        />
      </label>
      <div class="study-name">
        <Link to={studyPath(name)} class="study-link">
          {clean(name)}
        </Link>
        <span class="study-sub">
          <StateBadge state={study.state} />
          {study.source === 'optuna' ? <span class="source">Optuna</span> : null}
          <span>{study.lastActivityMs === null ? '' : formatAgo(study.lastActivityMs, Date.now())}</span>
        </span>
      </div>
      <div class="study-best">
        {study.best && study.best.length > 0 ? (
          <>
            <span class="study-value">{study.best.map(formatNumber).join(', ')}</span>
            <span class="study-sub">{clean(objective?.metric ?? '')}</span>
          </>
        ) : (
          <span class="study-sub">
            {objectives.length > 1
              ? objectives.map(({ metric }) => clean(metric)).join(', ')
              : 'no result yet'}
          </span>
        )}
      </div>
      <Sparkline values={study.sparkline} />
      <div class="study-progress">
        <Progress counts={study.counts} target={null} small />
      </div>
      {server.value?.readOnly ? null : <ManageStudy name={name} done={done} />}
    </li>
  );
}

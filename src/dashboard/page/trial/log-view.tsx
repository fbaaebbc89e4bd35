import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { dataSource } from '../app-state.js';
import { formatCount } from '../text.js';
import { Toggle } from '../ui/choice.js';
import { type LogLine, LogLines } from './log-lines.js';

const POLL_MS = 500;
/** So many lines are in the document; a search looks through all. */
const SHOWN_LINES = 1_000;

type LogProps = {
  readonly study: string;
  readonly trial: number;
  readonly attempt: number;
  readonly isRunning: boolean;
};

/** The log of one attempt: it follows, searches, and shows colors and carriage returns as a terminal does. */
export function LogView({ study, trial, attempt, isRunning }: LogProps) {
  const lines = useSignal<readonly LogLine[]>([]);
  const state = useSignal<'reading' | 'open' | 'ended' | 'failed'>('reading');
  const problem = useSignal('');
  const search = useSignal('');
  const follow = useSignal(true);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const stop = followLog({ study, trial, attempt }, (update) => {
      if (update.lines) lines.value = update.lines;
      state.value = update.state;
      problem.value = update.problem;
    });
    return stop;
  }, [study, trial, attempt, isRunning, lines, state, problem]);
  const wanted = search.value.toLowerCase();
  const found =
    wanted === '' ? lines.value : lines.value.filter(({ text }) => text.toLowerCase().includes(wanted));
  const shown = found.slice(-SHOWN_LINES);
  useEffect(() => {
    if (follow.value && box.current) box.current.scrollTop = box.current.scrollHeight;
  });
  return (
    <div class="log">
      <div class="log-tools">
        <input
          type="search"
          placeholder="Search the log"
          aria-label="Search the log"
          value={search.value}
          onInput={(event) => {
            search.value = event.currentTarget.value;
          }}
        />
        <span class="hint" aria-live="polite">
          {statusText(state.value, lines.value.length, wanted === '' ? null : found.length)}
        </span>
        <Toggle
          label="follow"
          title="Stay at the end while lines arrive"
          on={follow.value}
          onChange={(on) => {
            follow.value = on;
          }}
        />
      </div>
      <div
        class="log-box"
        ref={box}
        role="log"
        aria-label={`Log of attempt ${attempt}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls by keys.
        tabIndex={0}
        onWheel={() => {
          const element = box.current;
          if (element) follow.value = element.scrollHeight - element.scrollTop - element.clientHeight < 30;
        }}
      >
        {found.length > shown.length ? (
          <p class="log-more">{formatCount(found.length - shown.length)} earlier lines are not shown</p>
        ) : null}
        {shown.map(({ number, spans }) => (
          <div key={number} class="log-line">
            <span class="log-number" aria-hidden="true">
              {number}
            </span>
            <span class="log-text">
              {spans.map(({ text, color }, k) => (
                <span key={k} class={color ?? undefined}>
                  {text}
                </span>
              ))}
            </span>
          </div>
        ))}
        {state.value === 'failed' ? <p class="problem">{problem.value}</p> : null}
      </div>
    </div>
  );
}

function statusText(state: string, lines: number, found: number | null): string {
  if (found !== null) return `${formatCount(found)} of ${formatCount(lines)} lines`;
  if (state === 'reading') return 'reading';
  if (state === 'ended') return `${formatCount(lines)} lines`;
  return state === 'failed' ? 'could not be read' : `${formatCount(lines)} lines, live`;
}

type Update = {
  readonly lines: readonly LogLine[] | null;
  readonly state: 'open' | 'ended' | 'failed';
  readonly problem: string;
};

/** Reads a log part by part until it has ended. Returns the function that stops. */
function followLog(
  { study, trial, attempt }: { study: string; trial: number; attempt: number },
  report: (update: Update) => void,
): () => void {
  const lines = new LogLines();
  let from = 0;
  let timer = 0;
  let isOver = false;
  const read = async (): Promise<void> => {
    try {
      const part = await dataSource().log(study, trial, attempt, from);
      if (isOver) return;
      from = part.next;
      if (part.text !== '') lines.add(part.text);
      const isAll = part.next >= part.size;
      const state = isAll && !part.growing ? 'ended' : 'open';
      report({ lines: part.text === '' ? null : lines.all, state, problem: '' });
      if (state === 'open') timer = setTimeout(() => void read(), isAll ? POLL_MS : 0);
    } catch (error) {
      if (isOver) return;
      report({ lines: null, state: 'failed', problem: (error as Error).message });
      timer = setTimeout(() => void read(), 4 * POLL_MS);
    }
  };
  void read();
  return () => {
    isOver = true;
    clearTimeout(timer);
  };
}

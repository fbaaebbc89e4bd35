import type { MetricFormat } from '../protocol/formats/format.js';
import { restartMark } from './batch/job-script.js';
import type { AttemptRef, MetricPoint, RunnableAttempt } from './executor.js';
import { handleKind } from './handle.js';
import { makeLineReader } from './local/line-reader.js';
import { TrainerOutput } from './local/trainer-output.js';

type Read = {
  readonly attempt: Pick<AttemptRef, 'handle' | 'token'> & Pick<RunnableAttempt, 'inheritedMetrics'>;
  /** How it writes its metrics. Undefined: METRIC lines. */
  readonly metrics: MetricFormat | undefined;
};

/**
 * Yields what the output of an attempt reports that nobody follows any more, by the rules of one that is followed. How it ended is
 * unknown, so what counts only at a good end does not.
 */
export async function* reportsIn(
  log: AsyncIterable<Uint8Array>,
  { attempt, metrics }: Read,
): AsyncGenerator<readonly MetricPoint[]> {
  let found: MetricPoint[] = [];
  const hooks = {
    report: (points: readonly MetricPoint[]) => void found.push(...points),
    drain: async () => {},
    warn: () => {},
  };
  const mark = handleKind(attempt.handle) === 'local' ? null : restartMark(attempt.token);
  const output = new TrainerOutput(hooks, makeLineReader(metrics), attempt.inheritedMetrics, mark);
  for await (const chunk of log) {
    output.push(chunk);
    if (found.length > 0) yield found;
    found = [];
  }
}

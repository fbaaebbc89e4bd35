import { isMapping } from '../../core/mapping.js';
import type { JobState } from '../batch/batch-queue.js';

/** What Ray says of a job. */
export type JobDetails = {
  readonly id: string;
  readonly status: string;
  readonly message: string;
  /** Why it failed, in a word; null where Ray does not say. */
  readonly errorType: string | null;
  readonly exitCode: number | null;
  /** Of the node where it runs or ran; null before it has begun. */
  readonly node: string | null;
  readonly host: string | null;
};

/** The first words of a job that does not find its script, in its log. */
export const UNSEEN = 'hpo: this node does not see';

/** Returns the details of an answer; null where it is none of a job that was submitted. */
export function toDetails(raw: unknown): JobDetails | null {
  if (!isMapping(raw)) return null;
  const text = (name: string) => (typeof raw[name] === 'string' ? raw[name] : null);
  const [id, status] = [text('submission_id'), text('status')];
  if (id === null || status === null) return null;
  const agent = text('driver_agent_http_address');
  return {
    id,
    status,
    message: text('message') ?? '',
    errorType: text('error_type'),
    exitCode: typeof raw.driver_exit_code === 'number' ? raw.driver_exit_code : null,
    node: text('driver_node_id'),
    host: agent === null ? null : (URL.parse(agent)?.hostname ?? null),
  };
}

export function hasEnded({ status }: JobDetails): boolean {
  return status === 'SUCCEEDED' || status === 'FAILED' || status === 'STOPPED';
}

/** Returns the exit code of an entrypoint as a shell would; null where nobody knows. */
export function exitCodeOf({ exitCode, status }: JobDetails): number | null {
  if (exitCode !== null) return exitCode < 0 ? 128 - exitCode : exitCode;
  // Ray notes none for a job that was stopped. This one left none itself either: it was killed.
  return status === 'STOPPED' ? 128 + 9 : null;
}

/** `why`: why a job waits, where that is not only its turn. */
export function toState(details: JobDetails, why: string): JobState {
  const { status, host, message } = details;
  switch (status) {
    case 'RUNNING':
      return { kind: 'running', host };
    case 'SUCCEEDED':
    case 'STOPPED':
      return { kind: 'ended', why: status };
    case 'FAILED':
      if (message.includes(UNSEEN)) return { kind: 'evicted', why: lineWith(message, UNSEEN) };
      return endedByItself(details)
        ? { kind: 'ended', why: status }
        : { kind: 'evicted', why: `Ray ended its job: ${message.trim().split('\n')[0]?.slice(0, 300)}` };
    default:
      return { kind: 'waiting', why };
  }
}

/** Returns whether the entrypoint ended. Otherwise Ray gave the job up, or lost its node. */
function endedByItself({ errorType, exitCode }: JobDetails): boolean {
  return errorType === null ? exitCode !== null : errorType === 'JOB_ENTRYPOINT_COMMAND_ERROR';
}

function lineWith(text: string, part: string): string {
  return text.split('\n').find((line) => line.includes(part)) ?? part;
}

import { SETTINGS } from '../../config/settings.js';
import { HpoError, HpoErrors } from '../../core/errors.js';
import type { TuneRequest } from './request.js';

/** The text of a sweep file, its name in messages, and the request that it was made of. */
type Written = { readonly file: string; readonly text: string; readonly request: TuneRequest };

/** Returns an error whose place is a flag or a placeholder: nobody has the sweep file that a line and a column would count in. */
export function atFlag(error: unknown, written: Written): unknown {
  if (error instanceof HpoErrors)
    return new HpoErrors(error.errors.map((each) => atFlag(each, written) as HpoError));
  if (!(error instanceof HpoError) || error.place?.file !== written.file) return error;
  const { code, message, fix, usage, cause, place } = error;
  const from = place.line === undefined ? null : sourceOf(place.line, written);
  return new HpoError(code, message, {
    usage,
    cause,
    ...(fix !== undefined && { fix }),
    ...(from !== null && { place: { file: `hpo tune ${from}` } }),
  });
}

/** Returns what a line of the sweep file was made of; null where no single word says it. */
function sourceOf(line: number, { text, request }: Written): string | null {
  const lines = text.split('\n').slice(0, line);
  const last = lines.at(-1) ?? '';
  const key = lines.findLast((each) => /^\w/.test(each))?.match(/^\w+/)?.[0];
  const below = lines.findLast((each) => /^ {2}[\w"]/.test(each))?.match(/^ {2}"?([\w.-]+)/)?.[1];
  if (key === undefined) return null;
  if (request.set.some((each) => each.split(/[.=]/, 1)[0] === key)) return `--set ${key}`;
  if (key === 'parameters') return below === undefined ? null : `{${below}:...}`;
  if (key === 'study') return request.name === undefined ? '--study' : '--name';
  if (key === 'metrics') return below === undefined ? null : `--metric-${below}`;
  if (key === 'constraints') return '--constraint';
  if (key === 'repeats') return '--repeats';
  if (key === 'objective' || key === 'objectives') {
    const goal = request.goals.find(({ metric }) => last.includes(metric));
    return goal === undefined ? null : `--${goal.direction} ${goal.metric}`;
  }
  const flag = SETTINGS.find((each) => each.key === key)?.flag;
  return flag ? `--${flag.name}` : null;
}

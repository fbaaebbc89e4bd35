import { signal } from '@preact/signals';
import type { ServerInfo } from '../protocol.js';
import type { DataSource } from './data/source.js';

/** What the server is and allows; null until it has answered. */
export const server = signal<ServerInfo | null>(null);

/** The one source of the page; set once at the start. */
export const sourceOf: { current: DataSource | null } = { current: null };

export function dataSource(): DataSource {
  if (!sourceOf.current) throw new Error('expected the page to have started');
  return sourceOf.current;
}

/** Whether forms may offer an action: the server allows it, and so does the study if there is one. */
export function allows(action: string, studyActions: readonly string[] | null): boolean {
  const known = server.value?.actions ?? [];
  return known.includes(action) && (studyActions === null || studyActions.includes(action));
}

/** A short message about what was done, for the eye and for screen readers. */
export type Notice = { readonly text: string; readonly kind: 'done' | 'failed' };
export const notice = signal<Notice | null>(null);
let timer = 0;

export function notify(text: string, kind: Notice['kind'] = 'done'): void {
  notice.value = { text, kind };
  clearTimeout(timer);
  timer = setTimeout(
    () => {
      notice.value = null;
    },
    kind === 'done' ? 6_000 : 15_000,
  );
}

/** What tests and scripts read of the page: `address` says whether it names the present selection. */
type BodyFacts = { ready?: boolean; trials?: number; selected?: number; address?: 'pending' | 'current' };

/** Says what the page shows, for tests and scripts. */
export function setBody(facts: BodyFacts): void {
  const { dataset } = document.body;
  if (facts.address !== undefined) dataset.address = facts.address;
  if (facts.ready !== undefined) dataset.ready = String(facts.ready);
  if (facts.trials !== undefined) dataset.trials = String(facts.trials);
  if (facts.selected !== undefined) dataset.selected = String(facts.selected);
}

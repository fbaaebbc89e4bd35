/** The state of a trial or a study: a mark with a shape and color of its own, and the word. */
export function StateBadge({
  state,
  infeasible = false,
  pausedAt = null,
}: {
  readonly state: string;
  readonly infeasible?: boolean;
  /** The step at which a trial is paused. */
  readonly pausedAt?: number | null;
}) {
  const word = infeasible ? 'infeasible' : state.toLowerCase();
  return (
    <span class={`badge badge-${word}`}>
      <span class="badge-mark" aria-hidden="true" />
      {word === 'fail' ? 'failed' : pausedAt === null ? word : `${word} at ${pausedAt}`}
    </span>
  );
}

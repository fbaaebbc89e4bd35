/** The state of a trial or a study: a mark with a shape and color of its own, and the word. */
export function StateBadge({
  state,
  infeasible = false,
}: {
  readonly state: string;
  readonly infeasible?: boolean;
}) {
  const word = infeasible ? 'infeasible' : state.toLowerCase();
  return (
    <span class={`badge badge-${word}`}>
      <span class="badge-mark" aria-hidden="true" />
      {word === 'fail' ? 'failed' : word}
    </span>
  );
}

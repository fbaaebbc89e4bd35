import type { StudyStore } from '../store/study-store.js';
import { Panel } from '../ui/panel.js';
import { lanesOf } from './lanes.js';
import { TimelineDrawing } from './timeline-drawing.js';
import { useStage } from './use-stage.js';

/** What ran when, and in which slot. */
export function Timeline({ store }: { readonly store: StudyStore }) {
  const host = useStage('Timeline of slots', (stage) => new TimelineDrawing(store, stage), [store]);
  store.version.value;
  const count = lanesOf(store.columns, 0).labels.length;
  const height = Math.min(360, Math.max(96, count * 24 + 36));
  return (
    <Panel
      name="timeline"
      title="Timeline"
      hint="Hatched: pruned. Crossed: failed. Hollow: infeasible. Cut corner: more than one attempt"
      wide
    >
      <div class="canvas canvas-timeline" style={{ height: `${height}px` }} ref={host} />
    </Panel>
  );
}

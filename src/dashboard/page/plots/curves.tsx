import type { StudyStore } from '../store/study-store.js';
import { formatCount } from '../text.js';
import { Panel } from '../ui/panel.js';
import { AxisTools } from './axis-tools.js';
import { CurvesDrawing } from './curves-drawing.js';
import { useStage } from './use-stage.js';

/** Learning curves of the first objective. */
export function CurvesPanel({ store }: { readonly store: StudyStore }) {
  const host = useStage('Learning curves of the objective', (stage) => new CurvesDrawing(store, stage), [
    store,
  ]);
  const curves = store.curves.value;
  const isSample = curves !== null && curves.curveCount > curves.trials.length;
  return (
    <Panel
      name="curves"
      title="Learning curves"
      hint={
        isSample
          ? `A fair sample: ${formatCount(curves.trials.length)} of ${formatCount(curves.curveCount)} curves`
          : 'Values at each step; better trials stand out'
      }
      tools={<AxisTools store={store} fieldKey="value:0" />}
    >
      <div class="canvas canvas-tall" ref={host} />
    </Panel>
  );
}

import type { StudyStore } from '../store/study-store.js';
import { Panel } from '../ui/panel.js';
import { AxisTools } from './axis-tools.js';
import { PLAIN, XyPlot } from './xy-plot.js';

/** The objective over each parameter. */
export function Slice({ store }: { readonly store: StudyStore }) {
  const parameters = [...store.fields.value.values()].filter(({ group }) => group === 'parameter');
  const order = store.importance.value?.rows.map(({ name }) => name) ?? [];
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const sorted = parameters.toSorted((a, b) => place(a.name) - place(b.name));
  return (
    <Panel
      name="slice"
      title="Slice"
      hint={
        order.length > 0
          ? 'The objective over each parameter, the most important first'
          : 'The objective over each parameter'
      }
      tools={<AxisTools store={store} fieldKey="value:0" />}
      wide
    >
      {sorted.length === 0 ? <p class="empty">Parameters appear here with the first trial.</p> : null}
      <div class="slices">
        {sorted.map(({ key, label }) => (
          <XyPlot
            key={key}
            store={store}
            xKey={key}
            yKey="value:0"
            label={`The objective over ${label}`}
            decoration={PLAIN}
            empty="No trial with this parameter has a value yet."
            className="canvas-slice"
          />
        ))}
      </div>
    </Panel>
  );
}

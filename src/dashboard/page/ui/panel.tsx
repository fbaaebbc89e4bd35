import type { ComponentChildren } from 'preact';

export type PanelProps = {
  /** For tests and scripts: `data-plot`. */
  readonly name: string;
  readonly title: string;
  readonly hint?: ComponentChildren;
  /** Switches and choices at the right of the title. */
  readonly tools?: ComponentChildren;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
};

/** One plot of the page with its title. */
export function Panel({ name, title, hint, tools, wide, children }: PanelProps) {
  return (
    <section class={`panel panel-${name}${wide ? ' panel-wide' : ''}`} data-plot={name} aria-label={title}>
      <header class="panel-head">
        <h2>{title}</h2>
        {hint ? <span class="hint">{hint}</span> : null}
        {tools ? <div class="tools">{tools}</div> : null}
      </header>
      {children}
    </section>
  );
}

import type { ComponentChildren } from 'preact';
import { hrefOf, navigate } from '../router.js';

/** A link to another page of the dashboard; it works like any link with other buttons and keys. */
export function Link({
  to,
  class: className,
  children,
  label,
}: {
  readonly to: string;
  readonly class?: string;
  readonly children: ComponentChildren;
  readonly label?: string;
}) {
  return (
    <a
      href={hrefOf(to)}
      class={className}
      aria-label={label}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
        event.preventDefault();
        navigate(to);
      }}
    >
      {children}
    </a>
  );
}

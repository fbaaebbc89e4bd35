/** A rectangle in CSS pixels of the element. */
export type Rect = {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
};

export type PointerHandlers = {
  /** Null: the pointer left. `client` is in pixels of the window. */
  hover(
    at: { readonly x: number; readonly y: number; readonly client: { x: number; y: number } } | null,
  ): void;
  /** While a box is drawn, and at its end. */
  box(rect: Rect, isDone: boolean): void;
  click(x: number, y: number): void;
};

/** Movements of fewer pixels are clicks. */
const CLICK = 4;

/** Follows the pointer over a plot. Returns the function that stops it. A finger scrolls the page and taps. */
export function followPointer(host: HTMLElement, handlers: PointerHandlers): () => void {
  let start: { x: number; y: number } | null = null;
  let pending: PointerEvent | null = null;
  const place = (event: PointerEvent) => {
    const bounds = host.getBoundingClientRect();
    return { x: event.clientX - bounds.left, y: event.clientY - bounds.top };
  };
  const rectTo = (from: { x: number; y: number }, to: { x: number; y: number }): Rect => ({
    left: Math.min(from.x, to.x),
    right: Math.max(from.x, to.x),
    top: Math.min(from.y, to.y),
    bottom: Math.max(from.y, to.y),
  });
  const isDrag = (to: { x: number; y: number }) =>
    start !== null && Math.hypot(to.x - start.x, to.y - start.y) > CLICK;
  const frame = () => {
    const event = pending;
    pending = null;
    if (!event) return;
    const at = place(event);
    if (start && isDrag(at)) handlers.box(rectTo(start, at), false);
    else if (!start) handlers.hover({ ...at, client: { x: event.clientX, y: event.clientY } });
  };
  const move = (event: PointerEvent) => {
    if (!pending) requestAnimationFrame(frame);
    pending = event;
  };
  const down = (event: PointerEvent) => {
    if (event.button !== 0 || event.pointerType === 'touch') return;
    start = place(event);
    host.setPointerCapture(event.pointerId);
  };
  const up = (event: PointerEvent) => {
    const at = place(event);
    pending = null;
    if (start && isDrag(at)) handlers.box(rectTo(start, at), true);
    else if (start || event.pointerType === 'touch') handlers.click(at.x, at.y);
    start = null;
  };
  const leave = () => {
    pending = null;
    if (!start) handlers.hover(null);
  };
  const cancel = () => {
    start = null;
  };
  host.addEventListener('pointermove', move);
  host.addEventListener('pointerdown', down);
  host.addEventListener('pointerup', up);
  host.addEventListener('pointerleave', leave);
  host.addEventListener('pointercancel', cancel);
  return () => {
    host.removeEventListener('pointermove', move);
    host.removeEventListener('pointerdown', down);
    host.removeEventListener('pointerup', up);
    host.removeEventListener('pointerleave', leave);
    host.removeEventListener('pointercancel', cancel);
  };
}

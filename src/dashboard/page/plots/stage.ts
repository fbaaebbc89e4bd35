import { type Signal, signal } from '@preact/signals';

export type Size = { readonly width: number; readonly height: number; readonly ratio: number };
export type Pen = CanvasRenderingContext2D;

/** Around the window, so that a plot is up to date before it is scrolled to. */
const MARGIN = '100px';

/**
 * Three canvases over one another in an element: `base` changes with the data, `middle` with the selection, `top` with the
 * pointer. So a brush does not draw axes again, and a pointer draws nothing but a mark.
 */
export class Stage {
  readonly host: HTMLElement;
  readonly size: Signal<Size> = signal({ width: 0, height: 0, ratio: 1 });
  /** Whether it is in the window, or nearly. */
  readonly isSeen: Signal<boolean> = signal(true);
  readonly #canvases: readonly HTMLCanvasElement[];
  readonly #observer: ResizeObserver;
  readonly #seen: IntersectionObserver;
  #hasTop = false;

  constructor(host: HTMLElement, label: string) {
    this.host = host;
    this.#canvases = ['base', 'middle', 'top'].map((name, k) => {
      const canvas = document.createElement('canvas');
      canvas.className = `layer layer-${name}`;
      if (k === 0) {
        canvas.setAttribute('role', 'img');
        canvas.setAttribute('aria-label', label);
      } else {
        canvas.setAttribute('aria-hidden', 'true');
      }
      host.append(canvas);
      return canvas;
    });
    this.#observer = new ResizeObserver(() => this.#measure());
    this.#observer.observe(host);
    this.#seen = new IntersectionObserver(
      (entries) => {
        this.isSeen.value = entries.at(-1)?.isIntersecting ?? true;
      },
      { rootMargin: MARGIN },
    );
    this.#seen.observe(host);
    this.#measure();
  }

  #measure(): void {
    const [width, height] = [this.host.clientWidth, this.host.clientHeight];
    const ratio = Math.min(2, window.devicePixelRatio || 1);
    const before = this.size.peek();
    if (before.width === width && before.height === height && before.ratio === ratio) return;
    this.size.value = { width, height, ratio };
  }

  /** Returns the pen of a cleared layer, in CSS pixels; null while the element has no size. */
  layer(k: 0 | 1 | 2): Pen | null {
    const { width, height, ratio } = this.size.value;
    const canvas = this.#canvases[k];
    const pen = canvas?.getContext('2d');
    if (!canvas || !pen || width === 0 || height === 0) return null;
    if (k === 2) this.#hasTop = true;
    const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (canvas.width !== wide || canvas.height !== high) {
      canvas.width = wide;
      canvas.height = high;
    } else {
      pen.setTransform(1, 0, 0, 1, 0, 0);
      pen.clearRect(0, 0, wide, high);
    }
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    return pen;
  }

  /** Clears the top layer. Most plots have nothing on it, and a canvas that nobody has drawn to takes no memory. */
  clearTop(): void {
    if (this.#hasTop) this.layer(2);
  }

  describe(label: string): void {
    this.#canvases[0]?.setAttribute('aria-label', label);
  }

  close(): void {
    this.#observer.disconnect();
    this.#seen.disconnect();
    for (const canvas of this.#canvases) canvas.remove();
  }
}

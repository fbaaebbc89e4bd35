import { useSignal } from '@preact/signals';
import { elementScroll, observeElementOffset, observeElementRect, Virtualizer } from '@tanstack/virtual-core';
import { useEffect, useRef } from 'preact/hooks';

const ROW_HEIGHT = 30;

/** The rows that are in the document. */
export type VirtualRows = {
  readonly first: number;
  readonly last: number;
  /** Of all rows, in pixels. */
  readonly height: number;
  /** Above the first row of the document. */
  readonly offset: number;
  show(index: number): void;
};

/** Returns which rows to render; null when all of them are. */
export function useVirtualRows(
  scroller: { readonly current: HTMLDivElement | null },
  count: number,
  isVirtual: boolean,
): VirtualRows | null {
  const tick = useSignal(0);
  const virtualizer = useRef<Virtualizer<HTMLDivElement, Element> | null>(null);
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 8,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    // The rows stand below the head, which is of the same height.
    scrollPaddingStart: ROW_HEIGHT,
    onChange: () => {
      tick.value++;
    },
  };
  virtualizer.current ??= new Virtualizer(options);
  virtualizer.current.setOptions(options);
  useEffect(() => {
    if (!isVirtual) return;
    const current = virtualizer.current;
    const stop = current?._didMount();
    current?._willUpdate();
    tick.value++;
    return stop;
  }, [isVirtual, tick]);
  if (!isVirtual) return null;
  tick.value;
  const items = virtualizer.current.getVirtualItems();
  const height = virtualizer.current.getTotalSize();
  const [first, last] = [items[0], items.at(-1)];
  return {
    first: first?.index ?? 0,
    last: last?.index ?? Math.min(count, 30) - 1,
    height,
    offset: first?.start ?? 0,
    show: (index) => virtualizer.current?.scrollToIndex(index),
  };
}

import { effect } from '@preact/signals';
import type { RefObject } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { isMoving } from '../store/brush.js';
import { isUpdating } from '../store/update.js';
import { drawn } from './drawn.js';
import { Stage } from './stage.js';

/** What draws a plot. Each function is called again when a signal that it read has changed. */
export type Drawing = {
  base(): void;
  middle(): void;
  top(): void;
  /** Follows the pointer or does other work until the plot is removed. */
  start(): () => void;
};

/** Returns a reference for the element that a plot lives in. */
export function useStage(
  label: string,
  make: (stage: Stage) => Drawing,
  deps: readonly unknown[],
): RefObject<HTMLDivElement | null> {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (!element) return;
    const stage = new Stage(element, label);
    const drawing = make(stage);
    const stops = [
      effect(() => {
        if (stage.isSeen.value || !isUpdating.value) drawing.base();
      }),
      effect(() => {
        if (stage.isSeen.value || !(isMoving.value || isUpdating.value)) drawing.middle();
      }),
      effect(() => drawing.top()),
      drawing.start(),
    ];
    drawn.value++;
    return () => {
      for (const stop of stops) stop();
      stage.close();
    };
  }, deps);
  return host;
}

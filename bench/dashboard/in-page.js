// Runs in each page that is measured, before its own scripts. Leaves what it has measured in `globalThis.bench`.
(() => {
  const bench = { readyMs: null, watchBrush, nextFrame, durations, watchRows, rowShownMs };
  globalThis.bench = bench;

  /** Notes when the first element matches, in milliseconds since the navigation began. */
  bench.noteReady = (selector) => {
    const observer = new MutationObserver(() => {
      if (document.querySelector(selector) === null) return;
      observer.disconnect();
      bench.readyMs = performance.now();
    });
    observer.observe(document, { subtree: true, childList: true, attributes: true });
  };

  /** Measures from each move of a pressed pointer to the end of the frame that it leads to. */
  function watchBrush() {
    const watch = ({ timeStamp, buttons }) => {
      if (buttons === 0) return;
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () =>
        performance.measure('bench:brush', { start: timeStamp, end: performance.now() });
      // A message that is posted in a frame arrives after its layout and painting.
      requestAnimationFrame(() => port2.postMessage(null));
    };
    addEventListener('pointermove', watch, { capture: true });
  }

  /** By trial: when its row came into the document, as Unix time. */
  const shownMs = new Map();

  /** Notes when the row of each trial comes into the document. */
  function watchRows() {
    const note = ({ addedNodes }) => {
      for (const node of addedNodes)
        if (node.dataset?.trial !== undefined && !shownMs.has(node.dataset.trial))
          shownMs.set(node.dataset.trial, Date.now());
    };
    new MutationObserver((changes) => changes.forEach(note)).observe(document, {
      subtree: true,
      childList: true,
    });
  }

  /** When the row of a trial came; null while it has not. */
  function rowShownMs(trial) {
    return shownMs.get(String(trial)) ?? null;
  }

  /** Resolves after the next frame and the tasks that it has begun. */
  function nextFrame() {
    return new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));
  }

  function durations(name) {
    return performance.getEntriesByName(name).map(({ duration }) => duration);
  }
})();

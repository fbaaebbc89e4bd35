import { render } from 'preact';
import { App } from './app.js';
import { server, setBody, sourceOf } from './app-state.js';
import { LiveSource } from './data/live-source.js';
import { readReport } from './data/report-source.js';
import { startTheme } from './plots/theme.js';
import { navigate, startRouter, studyPath } from './router.js';

/** Opens the data inside this file when it is a report, else the server that sent the page. */
async function start(): Promise<void> {
  startTheme();
  setBody({ ready: false, trials: 0, selected: 0 });
  const report = await readReport(document);
  sourceOf.current = report?.source ?? new LiveSource();
  startRouter({ isFile: report !== null });
  if (report && location.hash.length < 2) navigate(studyPath(report.study));
  if (report) server.value = await report.source.server();
  else
    sourceOf.current.server().then(
      (info) => {
        server.value = info;
      },
      () => {},
    );
  const root = document.getElementById('app');
  if (root) render(<App />, root);
}

void start();

// Makes docs/images/dashboard-*.png: the page of a real sweep with pruning and repeats, in three widths and both themes.
// Needs Chromium and `npm run build`.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { toSmallPng } from './small-png.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const hpo = join(root, 'dist', 'cli', 'main.js');
const out = join(root, 'docs', 'images');
const FLAGS = ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'];
/** A wide window is shown at half its size, so that the images stay small. */
const SHOTS = [
  { width: 400, height: 1500, scale: 1 },
  { width: 1280, height: 1320, scale: 1 },
  { width: 2560, height: 1600, scale: 0.5 },
];
const MAX_BYTES = 150_000;

// The page shows this path.
const folder = join(tmpdir(), 'digits');
const storage = `sqlite:${join(folder, 'hpo.db')}`;
let server = null;
try {
  sweep();
  server = await startServer();
  await takeAll(server.url);
} finally {
  server?.process.kill();
  rmSync(folder, { recursive: true, force: true });
}

/** Runs the example in Python: 80 trials, two of each configuration. */
function sweep() {
  rmSync(folder, { recursive: true, force: true });
  cpSync(join(root, 'examples', 'python'), folder, { recursive: true });
  const file = {
    study: 'digits',
    objective: { metric: 'epoch_accuracy', direction: 'maximize', reduce: 'last' },
    trainer: {
      command: ['python3', 'train.py', '${overrides}'],
    },
    sampler: 'tpe',
    pruner: { name: 'median', startup_trials: 6, warmup_steps: 2 },
    repeats: 2,
    trials: 80,
    max_concurrent: 4,
    devices: 'cpu',
    parameters: {
      'learner.step_size': { min: 0.01, max: 3, log: true },
      'learner.momentum': { min: 0, max: 0.95 },
      hidden: { min: 2, max: 16, int: true, log: true },
      batch_size: [8, 16, 32],
    },
  };
  writeFileSync(join(folder, 'sweep.yaml'), JSON.stringify(file));
  const args = [hpo, 'optimize', '--sweep', join(folder, 'sweep.yaml'), '--storage', storage];
  const { status } = spawnSync(
    process.execPath,
    [...args, '--seed', '7', '--csv', join(folder, 'runs.csv')],
    {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  if (status !== 0) throw new Error(`expected the sweep to succeed, it exited with ${status}`);
}

/** Resolves with the URL that the server prints. */
function startServer() {
  const args = [hpo, 'dashboard', '--storage', storage, '--port', '0'];
  const process_ = spawn(process.execPath, args, { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve, reject) => {
    let text = '';
    process_.stdout.setEncoding('utf8').on('data', (part) => {
      text += part;
      const url = /http:\S+/.exec(text)?.[0];
      if (url) resolve({ url, process: process_ });
    });
    process_.on('close', () => reject(new Error('expected the server to start')));
  });
}

async function takeAll(url) {
  mkdirSync(out, { recursive: true });
  const browser = await chromium.launch({ executablePath: findChromium(), args: FLAGS });
  try {
    for (const theme of ['light', 'dark']) {
      for (const shot of SHOTS)
        await take(browser, url, {
          ...shot,
          theme,
          path: '/studies/digits',
          name: `dashboard-${shot.width}`,
        });
      await take(browser, url, {
        ...{ width: 1280, height: 1000, scale: 1, theme },
        path: '/studies/digits/trials/4',
        name: 'dashboard-trial',
      });
    }
  } finally {
    await browser.close();
  }
}

async function take(browser, url, { width, height, scale, theme, path, name }) {
  const { origin, search } = new URL(url);
  const context = await browser.newContext({
    viewport: { width, height },
    colorScheme: theme,
    deviceScaleFactor: scale,
  });
  const page = await context.newPage();
  await page.goto(origin + path + search);
  await page.waitForSelector('body[data-ready="true"]');
  await page.waitForLoadState('networkidle', { timeout: 5_000 }).catch(() => {});
  const file = join(out, `${name}-${theme}.png`);
  writeFileSync(file, toSmallPng(await page.screenshot()));
  await context.close();
  const { size } = statSync(file);
  console.log(`${file.slice(root.length)}  ${Math.round(size / 1000)} kB`);
  if (size > MAX_BYTES) throw new Error(`expected at most ${MAX_BYTES} bytes in ${file}`);
}

function findChromium() {
  const found = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
  if (!found) throw new Error('expected Chromium: apt-get install -y chromium');
  return found;
}

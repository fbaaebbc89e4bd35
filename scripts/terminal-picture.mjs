// Makes docs/images/terminal.svg: what a terminal shows while a real sweep runs. hpo runs in a pseudo-terminal, an emulator
// keeps the screen with its colors, and this writes it as text in an SVG. Needs Python 3 and `npm run build`.
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import xterm from '@xterm/headless';

const COLUMNS = 100;
const ROWS = 30;
/** The picture is taken when so many trials of the sweep are over. */
const TAKEN_AT = 24;
const TRIALS = 40;
const CELL = { width: 8.4, height: 18 };
const MARGIN = 14;
const COLORS = { background: '#16181d', text: '#d7dae0', dim: '#8a909c' };
/** The sixteen colors of a terminal. */
const PALETTE = [
  ...['#3b4048', '#e06c75', '#98c379', '#e5c07b', '#61afef', '#c678dd', '#56b6c2', '#d7dae0'],
  ...['#5c6370', '#ff7b86', '#b5e890', '#ffd68a', '#7cc4ff', '#dd92f0', '#6fd3df', '#ffffff'],
];

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'hpo-terminal-'));
try {
  cpSync(join(root, 'examples', 'python'), folder, { recursive: true });
  const file = join(root, 'docs', 'images', 'terminal.svg');
  const text = svg(await screen());
  writeFileSync(file, text);
  console.log(`${file.slice(root.length)}  ${Math.round(text.length / 1000)} kB`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Runs the sweep, and resolves with the rows of the screen in its middle: runs of characters of one style. */
function screen() {
  const terminal = new xterm.Terminal({ cols: COLUMNS, rows: ROWS, allowProposedApi: true });
  const hpo = [process.execPath, join(root, 'dist', 'cli', 'main.js')];
  const args = ['optimize', '--trials', String(TRIALS), '--seed', '7', '--max-concurrent', '2'];
  const inTerminal = [join(root, 'test', 'fixtures', 'cli', 'in_terminal.py'), String(COLUMNS), String(ROWS)];
  const child = spawn('python3', [...inTerminal, ...hpo, ...args], {
    cwd: folder,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      TERM: 'xterm-256color',
      COLORTERM: 'truecolor',
      LANG: 'C.UTF-8',
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let taken = null;
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (data) =>
      terminal.write(data, () => {
        const text = rowsOf(terminal)
          .map((row) => row.map((run) => run.text).join(''))
          .join('\n');
        const done = Number(/(\d+)\/40\b/.exec(text)?.[1] ?? 0);
        if (taken === null && done >= TAKEN_AT) taken = rowsOf(terminal);
      }),
    );
    child.on('close', (code) => {
      if (code === 0 && taken !== null) resolve(taken);
      else reject(new Error(`expected a sweep with a screen at trial ${TAKEN_AT}, it exited with ${code}`));
    });
  });
}

function rowsOf({ buffer: { active } }) {
  const rows = Array.from({ length: ROWS }, (_, k) => runsOf(active.getLine(active.baseY + k)));
  while (rows.length > 0 && rows.at(-1).every(({ text }) => text.trim() === '')) rows.pop();
  return rows;
}

function runsOf(line) {
  const runs = [];
  for (let x = 0; x < COLUMNS; x++) {
    const cell = line.getCell(x);
    const style = JSON.stringify(styleOf(cell));
    const last = runs.at(-1);
    const text = cell.getChars() || ' ';
    if (last?.style === style) last.text += text;
    else runs.push({ x, style, text });
  }
  return runs;
}

function styleOf(cell) {
  const color = cell.isFgRGB()
    ? `#${cell.getFgColor().toString(16).padStart(6, '0')}`
    : cell.isFgPalette()
      ? colorOf(cell.getFgColor())
      : cell.isDim()
        ? COLORS.dim
        : COLORS.text;
  return { color, isBold: cell.isBold() !== 0 };
}

/** A color of the palette of 256. */
function colorOf(index) {
  if (index < 16) return PALETTE[index];
  if (index >= 232) return `#${(8 + (index - 232) * 10).toString(16).padStart(2, '0').repeat(3)}`;
  const part = (k) => [0, 95, 135, 175, 215, 255][Math.floor((index - 16) / k) % 6];
  return `#${[36, 6, 1].map((k) => part(k).toString(16).padStart(2, '0')).join('')}`;
}

function svg(rows) {
  const width = Math.round(COLUMNS * CELL.width + 2 * MARGIN);
  const height = rows.length * CELL.height + 2 * MARGIN;
  const lines = rows.flatMap((runs, k) =>
    runs
      .filter(({ text }) => text.trim() !== '')
      .map(({ x, style, text }) => {
        const { color, isBold } = JSON.parse(style);
        const at = `x="${(MARGIN + x * CELL.width).toFixed(1)}" y="${MARGIN + (k + 0.75) * CELL.height}"`;
        const weight = isBold ? ' font-weight="bold"' : '';
        const long = ` textLength="${(text.length * CELL.width).toFixed(1)}"`;
        return `<text ${at} fill="${color}"${weight}${long} xml:space="preserve">${escaped(text)}</text>`;
      }),
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="hpo optimize in a terminal">`,
    `<rect width="100%" height="100%" rx="8" fill="${COLORS.background}"/>`,
    `<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14">`,
    ...lines,
    '</g>',
    '</svg>',
    '',
  ].join('\n');
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

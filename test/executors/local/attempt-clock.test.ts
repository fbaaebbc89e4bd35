import { describe, expect, it } from 'vitest';
import { AttemptClock, type Beginning, type Look } from '../../../src/executors/local/attempt-clock.js';
import { NO_LIMITS } from '../../../src/executors/local/limits.js';

const MINUTE = 60_000;
const limits = { ...NO_LIMITS, trialTimeoutMs: 30 * MINUTE, noProgressTimeoutMs: 10 * MINUTE };
const TOO_LONG = 'ran longer than trial_timeout 30m';
const SILENT = 'printed no METRIC line for no_progress_timeout 10m';

/** A trainer and whoever watches it, minute by minute; the clocks start at zero together. */
class Scene {
  wall = 0;
  steady = 0;
  logChanged = 0;
  metricLines = 0;
  readonly clock: AttemptClock;

  constructor(beginning: Partial<Beginning> = {}, only: Partial<typeof limits> = {}) {
    const whole = { startedAtMs: 0, isReattached: false, maxSleptMs: 0, ...beginning };
    this.clock = new AttemptClock({ ...limits, ...only }, whole);
  }

  look(): string | null {
    const seen: Look = {
      wallMs: this.wall,
      steadyMs: this.steady,
      logChangedMs: this.logChanged,
      metricLines: this.metricLines,
    };
    return this.clock.look(seen);
  }

  /** Watches closely for so long; the trainer prints METRIC lines, other lines, or nothing. */
  watch(minutes: number, prints: 'metrics' | 'noise' | 'nothing'): string | null {
    for (let second = 0; second < minutes * 60; second++) {
      this.wall += 1000;
      this.steady += 1000;
      if (prints !== 'nothing') this.logChanged = this.wall;
      if (prints === 'metrics') this.metricLines++;
      const broken = this.look();
      if (broken !== null) return broken;
    }
    return null;
  }

  /** Nobody looks for so long; `log`: how many minutes before the end of it the log changed last, with how many METRIC lines. */
  gap(
    minutes: number,
    log: { readonly agoMinutes: number; readonly lines: number } | null,
    asleep = 0,
  ): void {
    this.wall += minutes * MINUTE;
    this.steady += (minutes - asleep) * MINUTE;
    if (log === null) return;
    this.logChanged = this.wall - log.agoMinutes * MINUTE;
    this.metricLines += log.lines;
  }
}

describe('while it is watched', () => {
  it('an attempt may run as long as trial_timeout says, and no longer', () => {
    const scene = new Scene();
    scene.look();
    expect(scene.watch(30, 'metrics')).toBeNull();
    expect(scene.watch(1, 'metrics')).toBe(TOO_LONG);
  });

  it('silence is broken by METRIC lines alone', () => {
    const scene = new Scene();
    scene.look();
    expect(scene.watch(9, 'noise')).toBeNull();
    expect(scene.watch(1, 'metrics')).toBeNull();
    expect(scene.watch(9, 'noise')).toBeNull();
    expect(scene.watch(2, 'noise')).toBe(SILENT);
  });

  it('without limits nothing is ever too long', () => {
    const scene = new Scene({}, { trialTimeoutMs: null as never, noProgressTimeoutMs: null as never });
    scene.look();
    expect(scene.watch(100, 'nothing')).toBeNull();
  });
});

describe('over a time in which nobody looked', () => {
  it('a trainer that went on printing METRIC lines is not taken for a silent one', () => {
    const scene = new Scene();
    scene.look();
    scene.watch(1, 'metrics');
    scene.gap(20, { agoMinutes: 0, lines: 50 });
    expect(scene.look()).toBeNull();
    expect(scene.watch(5, 'metrics')).toBeNull();
  });

  it('a trainer that was silent gets another full interval, and no more', () => {
    const scene = new Scene();
    scene.look();
    scene.watch(9, 'nothing');
    scene.gap(15, null);
    expect(scene.look()).toBeNull();
    expect(scene.watch(10, 'nothing')).toBeNull();
    expect(scene.watch(1, 'nothing')).toBe(SILENT);
  });

  it('its running time counts where the log shows that it ran', () => {
    const scene = new Scene();
    scene.look();
    scene.watch(10, 'metrics');
    scene.gap(60, { agoMinutes: 30, lines: 50 });
    expect(scene.look()).toBe(TOO_LONG);
  });

  it('its running time does not count where nothing shows that it ran: it may have been suspended as well', () => {
    const scene = new Scene();
    scene.look();
    scene.watch(10, 'metrics');
    scene.gap(60, null);
    expect(scene.look()).toBeNull();
    expect(scene.watch(20, 'metrics')).toBeNull();
    expect(scene.watch(1, 'metrics')).toBe(TOO_LONG);
  });

  it('a night in which the whole machine slept does not count, though the log changed right after it', () => {
    const scene = new Scene();
    scene.look();
    scene.watch(10, 'metrics');
    scene.gap(8 * 60, { agoMinutes: 0, lines: 1 }, 8 * 60);
    expect(scene.look()).toBeNull();
    expect(scene.watch(19, 'metrics')).toBeNull();
    expect(scene.watch(2, 'metrics')).toBe(TOO_LONG);
  });

  it('where nobody can tell sleep from work the gap does not count at all', () => {
    const scene = new Scene({ maxSleptMs: Number.POSITIVE_INFINITY });
    scene.look();
    scene.gap(60, { agoMinutes: 0, lines: 50 });
    expect(scene.look()).toBeNull();
  });

  it('a clock that is set forward or back ends nothing', () => {
    const scene = new Scene();
    scene.look();
    scene.watch(5, 'nothing');
    scene.wall += 600 * MINUTE;
    expect(scene.look()).toBeNull();
    scene.wall -= 600 * MINUTE;
    expect(scene.look()).toBeNull();
    expect(scene.watch(10, 'nothing')).toBeNull();
    expect(scene.watch(1, 'nothing')).toBe(SILENT);
  });
});

describe('an attempt that was reattached', () => {
  it('has been running from its recorded start to the last change of its log', () => {
    const scene = new Scene({ isReattached: true });
    scene.gap(40, { agoMinutes: 5, lines: 7 });
    expect(scene.look()).toBe(TOO_LONG);
    const younger = new Scene({ isReattached: true });
    younger.gap(40, { agoMinutes: 20, lines: 7 });
    expect(younger.look()).toBeNull();
    expect(younger.watch(9, 'metrics')).toBeNull();
    expect(younger.watch(2, 'metrics')).toBe(TOO_LONG);
  });

  it('is given the time that the machine may have slept', () => {
    const scene = new Scene({ isReattached: true, maxSleptMs: 30 * MINUTE });
    scene.gap(40, { agoMinutes: 0, lines: 7 });
    expect(scene.look()).toBeNull();
  });

  it('has a full interval to break its silence', () => {
    const scene = new Scene({ isReattached: true });
    scene.gap(25, { agoMinutes: 25, lines: 0 });
    expect(scene.look()).toBeNull();
    expect(scene.watch(10, 'nothing')).toBeNull();
    expect(scene.watch(1, 'nothing')).toBe(SILENT);
  });
});

import type { MutantTable } from './mutant.js';

/** Trainers, their supervisors, their logs and their folders. */
export const PROCESSES: MutantTable = {
  'log-read-from-its-start': {
    protection: 'A sweep that reattaches an attempt reads its log from the first byte.',
    file: 'src/executors/local/log-follower.ts',
    symbol: 'LogFollower.start',
    expression: 'this.#watch();',
    replacement:
      "this.#position = process.getBuiltinModule('node:fs').statSync(this.#file).size; this.#watch();",
    test: { file: 'test/executors/local/resume.test.ts', name: 'follows the trainer that runs on' },
  },
  'exit-complete-with-newline': {
    protection: 'An exit code counts only once its newline is written.',
    file: 'src/executors/local/attempt-dir.ts',
    symbol: 'parseExit',
    expression: '/^(\\d{1,3})\\n$/',
    replacement: '/^(\\d{1,3})\\n?$/',
    test: {
      file: 'test/executors/local/attempt-dir.test.ts',
      name: 'an exit code is complete only with its newline',
    },
  },
  'held-while-it-is-looked-at': {
    protection: 'A trainer that ignores its target is not ended while it writes over its checkpoint.',
    file: 'src/executors/local/checkpoints.ts',
    symbol: 'makeCheckpoints',
    expression: 'if (open.length > 0) return false;',
    replacement: '',
    test: {
      file: 'test/executors/local/hold.test.ts',
      name: 'a trainer that has its checkpoint open continues',
    },
  },
  'held-and-let-go-by-the-next-orchestrator': {
    protection: 'A trainer that a killed orchestrator held still continues when the next one reattaches it.',
    file: 'src/executors/local/handler.ts',
    symbol: 'localHandler',
    expression: 'if (isReattached && mayContinue) releaseHeld(processes);',
    replacement: '',
    test: { file: 'test/executors/local/hold.test.ts', name: 'the next orchestrator lets it continue' },
  },
  'held-until-it-ends': {
    protection:
      'A trainer that a killed orchestrator held to end it does not continue, and maybe save, before the next one ends it.',
    file: 'src/executors/local/handler.ts',
    symbol: 'localHandler',
    expression: 'isReattached && mayContinue',
    replacement: 'isReattached',
    test: { file: 'test/executors/local/hold.test.ts', name: 'held to be ended does not continue' },
  },
  'launch-owned-once': {
    protection: 'Whoever creates the pid file owns the launch: a second supervisor starts nothing.',
    file: 'src/executors/local/supervisor.ts',
    symbol: 'SCRIPT',
    expression: '; set -C',
    replacement: '',
    test: {
      file: 'test/executors/local/supervisor.test.ts',
      name: 'starts nothing when the launch has an owner already',
    },
  },
  'launch-revoked-first': {
    protection: 'A recovery forbids the launch of an attempt whose supervisor has not begun.',
    file: 'src/executors/local/reattach.ts',
    symbol: 'reattachAttempt',
    expression: 'await revokeWhenPossible(files.dir, hooks)',
    replacement: 'false as boolean | null',
    test: {
      file: 'test/executors/local/resume.test.ts',
      name: 'never starts once a recovery was first',
    },
  },
  'launch-never-revoked-late': {
    protection: 'A recovery never takes a launch from a supervisor that has begun.',
    file: 'src/executors/local/attempt-dir.ts',
    symbol: 'revokeLaunch',
    expression: "flag: 'wx'",
    replacement: "flag: 'w'",
    test: { file: 'test/executors/local/resume.test.ts', name: 'follows the trainer that runs on' },
  },
  'hidden-supervisor-not-ended': {
    protection: 'A trial is not started again while a hidden supervisor may be about to write the exit code.',
    file: 'src/executors/local/attempt-liveness.ts',
    symbol: 'lifeOf',
    expression: "trainerLife === 'ended' && !isHidden",
    replacement: "trainerLife === 'ended'",
    test: {
      file: 'test/executors/local/attempt-liveness.test.ts',
      name: 'is alive until its supervisor has written the exit code',
    },
  },
  'session-of-its-own': {
    protection: 'A supervisor leads a session of its own, so that no signal to the terminal ends trainers.',
    file: 'src/executors/local/supervisor.ts',
    symbol: 'supervise',
    expression: 'detached: true',
    replacement: 'detached: false',
    test: {
      file: 'test/executors/local/supervisor.test.ts',
      name: 'leads a session of its own',
    },
  },
  'process-known-by-token': {
    protection: 'A process belongs to an attempt only by the token in its environment: a pid proves nothing.',
    file: 'src/executors/local/process-tree.ts',
    symbol: 'attemptProcesses',
    expression: '|| ![...carriers].some((pid) => groupOf(pid) === supervisor)',
    replacement: '',
    test: {
      file: 'test/executors/local/stop.test.ts',
      name: 'touches no process that only has the same pid',
    },
  },
  'whole-tree-stopped': {
    protection: 'Children that moved to a session of their own are stopped with their trainer.',
    file: 'src/executors/local/attempt-processes.ts',
    symbol: 'findProcesses',
    expression: 'carries(environ, token) ||',
    replacement: '',
    test: {
      file: 'test/executors/local/escape.test.ts',
      name: 'in a session of its own, with its environment and no open pipe',
    },
  },
  'hidden-child-remembered': {
    protection: 'A child that hides is known from when its parents ran.',
    file: 'src/executors/local/attempt-processes.ts',
    symbol: 'findProcesses',
    expression: '...remembered,',
    replacement: '',
    test: {
      file: 'test/executors/local/escape.test.ts',
      name: 'with nothing of its own left, if it was seen while its parents ran',
    },
  },
  'stop-noted-before-signals': {
    protection: 'Why an attempt is stopped is on disk before its first signal.',
    file: 'src/executors/local/follow-attempt.ts',
    symbol: 'followAttempt',
    expression: `noteStop(files.dir, note)
      .then(() => handler.cancel())`,
    replacement: `handler.cancel()
      .then((cancelled) => noteStop(files.dir, note).then(() => cancelled))`,
    test: {
      file: 'test/executors/local/follow-attempt.test.ts',
      name: 'on disk before its first signal',
    },
  },
  'stop-needs-no-note': {
    protection: 'A trial is stopped even where the reason cannot be written.',
    file: 'src/executors/local/attempt-dir.ts',
    symbol: 'noteStop',
    expression: '.catch(() => {})',
    replacement: '',
    test: {
      file: 'test/executors/local/refused.test.ts',
      name: 'keeps no trial from being stopped at its limit of time',
    },
  },
  'decided-stop-carried-out': {
    protection: 'A stop that a dead orchestrator had decided is carried out.',
    file: 'src/executors/local/follow-attempt.ts',
    symbol: 'followAttempt',
    expression: 'if (decided !== null) stop(decided);',
    replacement: '',
    test: {
      file: 'test/executors/local/limits.test.ts',
      name: 'that was broken once stays the reason',
    },
  },
  'suspended-time-does-not-count': {
    protection: 'Time in which nobody saw a trainer run does not count against its limits.',
    file: 'src/executors/local/attempt-clock.ts',
    symbol: 'AttemptClock.#note',
    expression: 'knowsSleep ? clamp(signMs - last.wallMs, passedMs) : 0',
    replacement: 'passedMs',
    test: {
      file: 'test/executors/local/attempt-clock.test.ts',
      name: 'its running time does not count where nothing shows that it ran',
    },
  },
  'outputs-of-one-study': {
    protection: 'Studies of one name in two databases never share a folder of outputs.',
    file: 'src/executors/local/study-folder.ts',
    symbol: 'whyTaken',
    expression: '(await holdsStudy(claim.database, claim.uid)) !== false',
    replacement: 'claim === undefined',
    test: {
      file: 'test/executors/local/study-folder.test.ts',
      name: 'is another one for the study of the same name in another database',
    },
  },
  'outputs-claimed-once': {
    protection: 'Of many studies only one gets a folder of outputs.',
    file: 'src/executors/local/folder-claims.ts',
    symbol: 'takeClaim',
    expression: "if (codeOf(error) === 'EEXIST') return false;",
    replacement: "if (codeOf(error) === 'EEXIST') return true;",
    test: {
      file: 'test/executors/local/study-folder.test.ts',
      name: 'belongs to exactly one of many',
    },
  },
  'names-are-no-paths': {
    protection: 'The name of a study is one safe segment of a path.',
    file: 'src/executors/local/paths.ts',
    symbol: 'safeSegment',
    expression: '[^A-Za-z0-9._-]',
    replacement: '[^A-Za-z0-9._/-]',
    test: {
      file: 'test/executors/local/paths.test.ts',
      name: 'is one visible segment for any name',
    },
  },
  'no-shell-commands': {
    protection: 'The name of a program is never read as a command of the shell.',
    file: 'src/executors/local/launch.ts',
    symbol: 'planLaunch',
    expression: 'command: [program.path, ...args]',
    replacement: 'command: [name, ...args]',
    also: [
      {
        file: 'src/executors/local/supervisor.ts',
        symbol: 'SCRIPT',
        expression: 'exec "$@"',
        replacement: '"$@"',
      },
    ],
    test: {
      file: 'test/executors/local/run.test.ts',
      name: 'runs a program whose name is also a command of the shell',
    },
  },
};

import fc from 'fast-check';

const OWNERS = ['a', 'b'];
/** Stands for a final value. */
export const LAST_STEP = 4;
const pick = fc.nat({ max: 7 });
/** Mostly the attempt that the trial really has; else none at all, or that of any other trial. */
const claim = fc.constantFrom('own', 'own', 'own', 'none', 'other');
export type Command = Record<string, number | string | boolean>;
export const command = fc.oneof(
  fc.record({ do: fc.constant('allot'), owner: fc.constantFrom(...OWNERS) }),
  // Few different keys, so that they collide.
  fc.record({ do: fc.constant('fill'), draft: pick, key: fc.nat({ max: 8 }), leased: fc.boolean() }),
  // Mostly the place that is next, so that something is filled.
  fc.record({
    do: fc.constant('fill-next'),
    key: fc.nat({ max: 8 }),
    off: fc.constantFrom(0, 0, 0, 1),
    late: fc.constantFrom(0, 0, 0, 1),
  }),
  fc.record({ do: fc.constant('enqueue'), key: fc.nat({ max: 8 }) }),
  fc.record({ do: fc.constant('claim'), trial: pick, key: fc.nat({ max: 8 }), leased: fc.boolean() }),
  fc.record({ do: fc.constant('refuse'), trial: pick }),
  // Two at once: the second may have the key of the first, or an end that is refused.
  fc.record({
    do: fc.constant('add'),
    key: fc.nat({ max: 8 }),
    other: fc.nat({ max: 8 }),
    value: fc.double(),
  }),
  fc.record({ do: fc.constant('release'), draft: pick }),
  fc.record({ do: fc.constant('free'), owner: fc.constantFrom(...OWNERS) }),
  fc.record({ do: fc.constant('repeat'), config: pick, repeat: fc.nat({ max: 3 }) }),
  fc.record({
    do: fc.constant('attempt'),
    trial: pick,
    owner: fc.constantFrom(...OWNERS),
    startedAtMs: fc.nat(),
  }),
  fc.record({
    do: fc.constant('suggest'),
    trial: pick,
    claim,
    attempt: pick,
    // `layers` has a value already; `none` is no choice.
    name: fc.constantFrom('layers', 'rate', 'opt'),
    value: fc.constantFrom(1, 2, 'none'),
  }),
  fc.record({
    do: fc.constant('report'),
    trial: pick,
    claim,
    attempt: pick,
    name: fc.constantFrom('loss', 'loss', 'accuracy'),
    // Each report tells of a step and of the one before it; step -1 is refused.
    step: fc.nat({ max: LAST_STEP }),
    counted: fc.boolean(),
    value: fc.double(),
  }),
  fc.record({
    do: fc.constant('tell'),
    trial: pick,
    claim,
    attempt: pick,
    state: fc.constantFrom('complete', 'pruned', 'fail'),
    valued: fc.boolean(),
    value: fc.double(),
  }),
  fc.record({
    do: fc.constant('gpu'),
    trial: pick,
    claim,
    attempt: pick,
    util: fc.nat({ max: 100 }),
    memory: fc.double({ min: -1, max: 1e6, noNaN: true }),
  }),
  fc.record({
    do: fc.constant('requeue'),
    attempt: pick,
    keep: fc.boolean(),
    forget: fc.boolean(),
    pausedAt: fc.constantFrom(-1, 0, 3),
  }),
  fc.record({ do: fc.constant('reopen'), trial: pick, keep: fc.boolean() }),
  fc.record({ do: fc.constant('adopt'), attempt: pick }),
  fc.record({
    do: fc.constant('reclaim'),
    trial: pick,
    owner: fc.constantFrom(...OWNERS),
    leased: fc.boolean(),
    keep: fc.boolean(),
  }),
  fc.record({ do: fc.constant('objective'), name: fc.constantFrom('loss', 'accuracy', 'nothing') }),
  // A list that grows, shrinks, and is written in another order.
  fc.record({
    do: fc.constant('choices'),
    name: fc.constantFrom('layers', 'rate', 'opt'),
    choices: fc.constantFrom('[1,2,"more"]', '[2,1]', '["none",1]', '[]'),
  }),
  fc.record({ do: fc.constant('separate'), known: fc.boolean() }),
  fc.record({ do: fc.constant('stop'), attempt: pick, wanted: fc.boolean() }),
  // Mostly the revision that is right.
  fc.record({ do: fc.constant('control'), paused: fc.boolean(), off: fc.constantFrom(0, 0, 1) }),
  fc.record({
    do: fc.constant('note'),
    trial: fc.nat({ max: 4 }),
    text: fc.constantFrom('', 'late', 'x\u{1f600}'.repeat(1500), '"'),
    tag: fc.constantFrom('paper', 'old'),
    adds: fc.boolean(),
  }),
) as fc.Arbitrary<Command>;

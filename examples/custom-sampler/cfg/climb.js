// Climbs: a step from the best configuration so far, and sometimes a point anywhere.
export default ({ width = 0.1 }) => ({
  sample(space, view, { rng }) {
    const sign = view.directions[0] === 'maximize' ? -1 : 1;
    const done = view.configs.filter(({ state }) => state === 'complete');
    const [best] = done.sort((a, b) => sign * (a.values[0] - b.values[0]));
    const params = {};
    for (const { name, distribution: d } of space.params) {
      if (d.kind === 'categorical') {
        const stay = best && rng.float() < 0.8;
        params[name] = stay ? best.params[name] : d.choices[rng.int(d.choices.length)];
      } else {
        const from = best && rng.float() < 0.9 ? best.params[name] : d.low + rng.float() * (d.high - d.low);
        params[name] = Math.min(d.high, Math.max(d.low, from + width * rng.normal() * (d.high - d.low)));
      }
    }
    return { params };
  },
});

import type { BenchOptions } from '../bench.js';
import { timeTenths } from './ask-and-tell.js';
import type { SpeedPart } from './part.js';

/** Times the asks of cmaes in a study of thousands of trials. */
export async function timeCmaesAsks({ quick, say }: BenchOptions): Promise<SpeedPart> {
  const trials = quick ? 250 : 5000;
  say('cmaes, thousands of asks');
  const tenths = await timeTenths('cmaes', trials);
  return {
    section: {
      title: 'cmaes in a long study',
      text: `${trials} trials of 10 floats, in memory; CPU time of an ask, the mean of each tenth of them. The aim is a last tenth of at most 1.5 times the second.`,
      header: ['sampler', ...tenths.map((_, k) => `${k + 1}/10`), 'last / second'],
      rows: [
        [
          'cmaes',
          ...tenths.map((ms) => `${ms.toFixed(2)} ms`),
          ((tenths.at(-1) as number) / (tenths[1] as number)).toFixed(2),
        ],
      ],
    },
    figures: { cmaesAskCpuMs: tenths },
  };
}

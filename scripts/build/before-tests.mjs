// Tests start the programs in dist and open its page, so that Vitest bundles what has changed before it runs any.
import { buildBundle } from './bundle.mjs';
import { buildPage } from './page.mjs';

export async function setup() {
  await buildBundle();
  await buildPage();
}

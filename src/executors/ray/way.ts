import { readFileSync } from 'node:fs';
import { HpoError } from '../../core/errors.js';
import { shellWord } from '../../core/shell-word.js';
import type { JobRequest } from '../batch/batch-queue.js';
import { jobTooLong } from './far-script.js';
import { UNSEEN } from './job-details.js';
import { type Package, packageOf } from './package.js';
import { type Answer, type RayApi, saying } from './ray-api.js';
import type { Way } from './ray-queue.js';

/** Linux refuses a variable of 128 KiB. */
const MOST_BYTES = 120 * 1024;
const UPLOAD_LIMIT_MS = 300_000;

/** Jobs read their script from the folder of the attempt. */
export const BY_SHARED_FOLDER: Way = {
  send: async () => {},
  entry: ({ script }) => {
    const file = shellWord(script);
    const says = shellWord(`${UNSEEN} ${script}`);
    const entrypoint = `[ -r ${file} ] || { echo ${says}; exit 96; }; exec bash ${file}`;
    return { entrypoint, envVars: {}, workingDir: null };
  },
};

/** `folder`: what is sent; a package that is somewhere already has an address. */
type Sending = {
  readonly folder: string;
  readonly own: readonly string[];
  readonly excludes: readonly string[];
};

/** Jobs find their script in a variable, and the code in a folder that is sent to them. */
export class BySending implements Way {
  readonly #o: Sending;
  #package: Package | null = null;

  constructor(sending: Sending) {
    this.#o = sending;
  }

  /** Sends the folder where the cluster does not have it: it forgets packages that no job uses. */
  async send(api: RayApi): Promise<void> {
    if (this.#isAddress) return;
    const { name, data } = this.#packed();
    const path = `/api/packages/gcs/${name}`;
    const found = await api.ask('GET', path);
    if (found.kind === 'answer' && found.status === 200) return;
    const sent = await api.ask('PUT', path, { body: data, limitMs: UPLOAD_LIMIT_MS });
    if (sent.kind === 'none' || sent.status !== 200)
      throw new HpoError('executor.not-sent', `working_dir could not be sent to Ray: ${reasonOf(sent)}`);
  }

  entry({ script }: JobRequest) {
    return {
      entrypoint: 'exec bash -c "$(printf %s "$HPO_JOB" | base64 -d)"',
      envVars: { HPO_JOB: encoded(script) },
      workingDir: this.#isAddress ? this.#o.folder : `gcs://${this.#packed().name}`,
    };
  }

  get #isAddress(): boolean {
    return this.#o.folder.includes('://');
  }

  #packed(): Package {
    this.#package ??= packageOf(this.#o);
    return this.#package;
  }
}

function reasonOf(answer: Answer): string {
  return answer.kind === 'none' ? answer.reason : saying(answer);
}

/** Ray expands `$NAME` in variables, so the text goes in another form. A script that does not exist yet is shown as its path. */
function encoded(script: string): string {
  let text: Buffer;
  try {
    text = readFileSync(script);
  } catch {
    return `base64 of ${script}`;
  }
  const coded = text.toString('base64');
  if (coded.length > MOST_BYTES) throw jobTooLong();
  return coded;
}

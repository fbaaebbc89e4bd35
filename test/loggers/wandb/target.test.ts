import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { passwordOf } from '../../../src/loggers/wandb/netrc.js';
import { findTarget, type WandbOptions } from '../../../src/loggers/wandb/target.js';
import { temporaryFolder } from '../support.js';

const file: WandbOptions = {
  enabled: true,
  project: null,
  entity: null,
  group: 'g',
  name: 'n',
  tags: [],
  notes: null,
  jobType: null,
  mode: 'online',
  client: 'native',
};
const env = { WANDB_API_KEY: 'k', HOME: '/nonexistent' };

test('nothing is logged unless someone asks for it', () => {
  expect(findTarget(null, undefined, env)).toBeNull();
  expect(findTarget(null, undefined, { ...env, WANDB_MODE: 'online' })).toBeNull();
  expect(findTarget({ ...file, enabled: false }, undefined, env)).toBeNull();
  expect(findTarget({ ...file, mode: 'disabled' }, undefined, {})).toBeNull();
  expect(findTarget({ ...file, enabled: false }, 'online', env)?.mode).toBe('online');
  expect(findTarget(null, 'offline', {})?.mode).toBe('offline');
});

test('the flag goes before WANDB_MODE, and that before the file', () => {
  const mode = (asked: 'online' | 'offline' | undefined, variable: string) =>
    findTarget(file, asked, { ...env, WANDB_MODE: variable })?.mode ?? null;
  expect([mode('online', 'offline'), mode(undefined, 'offline'), mode(undefined, '')]).toEqual([
    'online',
    'offline',
    'online',
  ]);
  expect([mode(undefined, 'dryrun'), mode(undefined, 'run'), mode(undefined, 'disabled')]).toEqual([
    'offline',
    'online',
    null,
  ]);
  expect(() => mode(undefined, 'constructor')).toThrow(/WANDB_MODE to be online, offline or disabled/);
});

test('the file goes before the environment, and that before the defaults', () => {
  const places = (options: Partial<WandbOptions>, more: Record<string, string>) => {
    const found = findTarget({ ...file, ...options }, undefined, { ...env, ...more });
    return found && [found.project, found.entity];
  };
  expect(places({}, {})).toEqual(['hyperparameters_sweep', null]);
  const both = { WANDB_PROJECT: 'p', WANDB_ENTITY: 'e' };
  expect(places({}, both)).toEqual(['p', 'e']);
  expect(places({ project: 'q', entity: 'f' }, both)).toEqual(['q', 'f']);
  for (const variable of ['WANDB_PROJECT', 'WANDB_ENTITY'])
    expect(() => places({}, { [variable]: 'a/b' })).toThrow(variable);
});

test('an address is http or https, and one with a password is refused without showing it', () => {
  const url = (text: string) => {
    const found = findTarget(file, undefined, { ...env, WANDB_BASE_URL: text });
    return found?.mode === 'online' ? found.baseUrl : null;
  };
  expect([url(''), url('http://127.0.0.1:8080/'), url('https://wandb.example/path//')]).toEqual([
    'https://api.wandb.ai',
    'http://127.0.0.1:8080',
    'https://wandb.example/path',
  ]);
  for (const text of [
    'ftp://x',
    'x',
    'file:///etc/passwd',
    'https://user:hidden@x',
    'https://x?key=hidden',
  ]) {
    expect(() => url(text)).toThrow(/WANDB_BASE_URL/);
    expect(() => url(text)).not.toThrow(/hidden/);
  }
});

test('the key is WANDB_API_KEY, else that of the host in the netrc file', () => {
  const home = temporaryFolder();
  const key = (more: Record<string, string>) => {
    const found = findTarget(file, undefined, { HOME: home, ...more });
    return found?.mode === 'online' ? found.key : null;
  };
  expect(() => key({})).toThrow(/expected an API key of W&B for api.wandb.ai, got none/);
  writeFileSync(
    join(home, '.netrc'),
    'machine api.wandb.ai\n  login user\n  password of-wandb\nmachine other password p\n',
  );
  expect(key({})).toBe('of-wandb');
  expect(key({ WANDB_API_KEY: ' given\n' })).toBe('given');
  expect(key({ WANDB_BASE_URL: 'http://other:80' })).toBe('p');
  expect(() => key({ WANDB_BASE_URL: 'http://unknown' })).toThrow(/no-key|for unknown/);
  writeFileSync(join(home, 'elsewhere'), 'default login x password d');
  expect(key({ NETRC: join(home, 'elsewhere') })).toBe('d');
});

test('netrc: words in any layout, quotes, comments, macros', () => {
  const text = `# machine a password no
machine a login password password x machine b
account acc login "user name" password "with \\"quotes\\""
macdef init
machine a password macro
 password macro

machine c login l
machine a password second
default password d`;
  expect(['a', 'b', 'c', 'z'].map((host) => passwordOf(host, text))).toEqual([
    'x',
    'with "quotes"',
    'd',
    'd',
  ]);
  expect(passwordOf('a', '')).toBeNull();
  expect(passwordOf('a', 'machine a password')).toBe('');
});

/**
 * Returns the arguments of a command line with storage URLs that have no password any more: this process keeps it in memory. So
 * no message, event or record of a call has it, and no process that hpo starts gets it in its arguments.
 * @throws HpoError storage.bad-url (usage).
 */
export async function concealedArgs(args: readonly string[]): Promise<readonly string[]> {
  const mayHave = (arg: string) => /(?:^|=)postgres/.test(arg) && arg.includes('://');
  if (!args.some(mayHave)) return args;
  const { concealPassword } = await import('../storage/conceal.js');
  return args.map((arg) => {
    if (!mayHave(arg)) return arg;
    const [, name = '', url = ''] = /^(--[\w-]+=)?(.*)$/s.exec(arg) ?? [];
    return `${name}${concealPassword(url)}`;
  });
}

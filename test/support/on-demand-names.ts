/** A file of the first name asks for a server of the whole test run, and one of the second says where it is. */
export const [WANTED, STARTED] = ['wanted', 'started.json'] as const;

/** What follows the name of a prepared Python: a file that asks for it, its socket, and a file that says that it has ended. */
export const [WANTED, SOCKET, ENDED] = ['.wanted', '.socket', '.ended'] as const;

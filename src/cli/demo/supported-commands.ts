// What a server of this or of an earlier release accepts, so that the demo sends nothing else.
type CommandToSend = { readonly command: string; readonly data: { readonly fact?: string } };

/** The commands of a server, and the categories of their streams. */
export type SupportedCommands = {
  readonly commands: ReadonlySet<string>;
  readonly categories: ReadonlySet<string>;
};

export async function fetchSupportedCommands(url: string): Promise<SupportedCommands> {
  const response = await fetch(`${url}/commands`);
  const { items } = (await response.json()) as {
    items: readonly { readonly name: string; readonly stream: string | null }[];
  };
  return {
    commands: new Set(items.map(({ name }) => name)),
    categories: new Set(items.flatMap(({ stream }) => stream ?? [])),
  };
}

/** Whether a server accepts a command: a correction also needs the category of the corrected stream. */
export const isCommandSupported = (
  { command, data: { fact } }: CommandToSend,
  { commands, categories }: SupportedCommands,
): boolean =>
  commands.has(command) &&
  (fact === undefined || !fact.includes('@') || categories.has(fact.split('-', 1)[0] ?? ''));

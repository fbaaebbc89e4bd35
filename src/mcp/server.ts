import { HpoError } from '../core/errors.js';
import { isMapping, type Mapping } from '../core/mapping.js';
import { printable } from '../core/printable.js';
import { CODES, type Ends, type Method, type Methods, RpcError } from './json-rpc.js';
import { plainData } from './plain-data.js';
import { checkArguments, inputSchema, type Tool } from './tool.js';

/** Revisions of the protocol that this server speaks, the newest first. They differ little for it. */
export const REVISIONS = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;
/** From this one on a result may have data beside its text. */
const WITH_DATA = '2025-06-18';
const NOT_FOUND = -32002;
/** Addresses that a refusal names. */
const KNOWN = 20;

export type Resource = {
  readonly uri: string;
  readonly name: string;
  readonly description: string;
  readonly mimeType: string;
};

export type Resources = {
  list(): Promise<readonly Resource[]>;
  readonly templates: readonly (Omit<Resource, 'uri'> & { readonly uriTemplate: string })[];
  /** Null for an address that leads to nothing. */
  read(uri: string): Promise<{ readonly mimeType: string; readonly text: string } | null>;
};

export type ServerParts = {
  readonly version: string;
  /** What a model reads before it uses any tool. */
  readonly instructions: string;
  readonly tools: readonly Tool[];
  readonly resources: Resources;
};

/** Tools are called by their names, and by their names after this. */
const PREFIX = 'hpo_';

/** Returns the methods of the Model Context Protocol, for one client. */
export function methodsOf({ version, instructions, tools, resources }: ServerParts): Methods {
  // Clients may ask for tools without a greeting, and then get everything.
  let revision: string = REVISIONS[0];
  const find = (name: unknown) => {
    const found = tools.find((each) => name === each.name || name === PREFIX + each.name);
    if (found) return found;
    throw new RpcError(
      CODES.params,
      `no tool ${shownName(name)}; there are ${tools.map((each) => each.name).join(', ')}`,
    );
  };
  const methods: Readonly<Record<string, Method>> = {
    initialize: ({ protocolVersion }) => {
      if (typeof protocolVersion !== 'string')
        throw new RpcError(CODES.params, 'expected protocolVersion to be the name of a revision');
      revision = REVISIONS.find((each) => each === protocolVersion) ?? REVISIONS[0];
      return {
        protocolVersion: revision,
        capabilities: { tools: {}, resources: {} },
        serverInfo: { name: 'hpo', version },
        instructions,
      };
    },
    ping: () => ({}),
    'tools/list': () => ({ tools: tools.map(described) }),
    'tools/call': ({ name, arguments: given = {} }, ends) => {
      const tool = find(name);
      if (!isMapping(given)) throw new RpcError(CODES.params, 'expected arguments to be an object');
      return call(tool, given, { ends, hasData: revision >= WITH_DATA });
    },
    'resources/list': async () => ({ resources: await resources.list() }),
    'resources/templates/list': () => ({ resourceTemplates: resources.templates }),
    'resources/read': ({ uri }) => {
      if (typeof uri !== 'string') throw new RpcError(CODES.params, 'expected uri to be a text');
      return read(resources, uri);
    },
  };
  return new Map(Object.entries(methods));
}

async function read(resources: Resources, uri: string): Promise<Mapping> {
  const found = await resources.read(uri).catch((error: unknown) => {
    throw error instanceof HpoError ? new RpcError(NOT_FOUND, error.format()) : error;
  });
  if (found === null) {
    const known = [...resources.templates, ...(await resources.list())];
    const names = known.slice(0, KNOWN).map((each) => ('uri' in each ? each.uri : each.uriTemplate));
    throw new RpcError(
      NOT_FOUND,
      `no resource ${printable(uri.slice(0, 200))}; there are ${names.join(', ')}`,
    );
  }
  return { contents: [{ uri, ...found }] };
}

function described(tool: Tool): Mapping {
  return {
    name: tool.name,
    title: tool.title,
    description: tool.summary,
    inputSchema: inputSchema(tool),
    annotations: {
      title: tool.title,
      readOnlyHint: tool.effect === 'reads',
      destructiveHint: tool.effect === 'ends' || tool.effect === 'runs',
      idempotentHint: tool.effect === 'reads' || tool.effect === 'ends',
      openWorldHint: tool.effect === 'runs',
    },
  };
}

/** Calls a tool. What a caller can mend is a result that says so, which a model reads, and no error of the protocol. */
async function call(
  tool: Tool,
  given: Mapping,
  { ends, hasData }: { readonly ends: Ends; readonly hasData: boolean },
): Promise<Mapping> {
  try {
    const { data, png } = await tool.run(checkArguments(tool, given), ends);
    const plain = plainData(data);
    const content: Mapping[] = [{ type: 'text', text: JSON.stringify(plain, null, 1) }];
    if (png)
      content.push({ type: 'image', mimeType: 'image/png', data: Buffer.from(png).toString('base64') });
    return { content, ...(hasData && { structuredContent: plain }), isError: false };
  } catch (error) {
    if (!(error instanceof HpoError)) throw error;
    return { content: [{ type: 'text', text: error.format() }], isError: true };
  }
}

function shownName(name: unknown): string {
  return printable((JSON.stringify(name) ?? 'without a name').slice(0, 100));
}

/** The address of a node. */
export type Endpoint = { readonly host: string; readonly port: number };

// The OpenAPI document, for those who show it: api/docs makes it.

/** A JSON Schema 2020-12 of the document. */
export type DescribedSchema = {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly items?: DescribedSchema;
  readonly properties?: { readonly [member: string]: DescribedSchema };
  readonly required?: readonly string[];
  readonly anyOf?: readonly DescribedSchema[];
  readonly oneOf?: readonly DescribedSchema[];
};
type DescribedContent = { readonly [mediaType: string]: { readonly schema?: DescribedSchema } };
type DescribedResponse = {
  readonly $ref?: string;
  readonly description?: string;
  readonly content?: DescribedContent;
};
export type DescribedOperation = {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema?: DescribedSchema;
  }[];
  readonly requestBody?: { readonly content: DescribedContent };
  readonly responses: { readonly [status: string]: DescribedResponse };
};

export abstract class ApiDescription {
  abstract readonly tags: readonly { readonly name: string; readonly description: string }[];
  abstract readonly paths: { readonly [path: string]: { readonly [method: string]: DescribedOperation } };
  abstract readonly components: {
    readonly schemas: { readonly [name: string]: DescribedSchema };
    readonly responses: { readonly [name: string]: DescribedResponse };
  };
}

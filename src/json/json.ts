/** A value that survives JSON unchanged: no Date, no bigint, no undefined. What is stored is what was sent. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export type JsonObject = { readonly [key: string]: Json };

// The npm package has no types. Only tests use it, to compare its results with those of the parser.
declare module 'edtf' {
  /** Milliseconds since 1970, ±Infinity at open ends and null at unknown ones. Throws if it cannot parse the text. */
  export default function edtf(
    text: string,
    constraints: { level: number },
  ): { min: number | null; max: number | null };
}

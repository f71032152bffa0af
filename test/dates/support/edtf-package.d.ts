// The npm package brings no types. It is asked for a second opinion in the tests, nowhere else.
declare module 'edtf' {
  /** Milliseconds since 1970, ±Infinity at open ends and null at unknown ones. Throws on what it cannot parse. */
  export default function edtf(
    text: string,
    constraints: { level: number },
  ): { min: number | null; max: number | null };
}

// Commands that are as large as a request may be, although each of their texts is of a permitted length.

type LargePerson = { readonly person: string; readonly name: string; readonly identifiers: object };

/** What an identifier with a name of 5 characters adds beside its value: quotes, colon and comma. */
const IDENTIFIER_OVERHEAD = 11;
const VALUE_MAX = 1_000;

/** Data of `register-person` that are this many bytes of JSON, between 1 KiB and 1 MiB. */
export function createLargePerson(person: string, bytes: number): LargePerson {
  const identifiers: Record<string, string> = {};
  const data = { person, name: 'Jane Doe', identifiers };
  let missing = bytes - Buffer.byteLength(JSON.stringify(data)) + 1; // the first one needs no comma
  for (let n = 1_000; missing > 0; n++) {
    const room = missing - IDENTIFIER_OVERHEAD;
    // What is left must have room for another identifier.
    const length = room <= VALUE_MAX ? room : Math.min(VALUE_MAX, room - IDENTIFIER_OVERHEAD - 1);
    identifiers[`n${n}`] = 'x'.repeat(length);
    missing -= length + IDENTIFIER_OVERHEAD;
  }
  return data;
}

// Commands that are as large as a request may be, although each of their texts is of a permitted length.

type LargePerson = { readonly person: string; readonly name: string; readonly identifiers: object };

/** Data of `register-person` that are this many bytes of JSON, between 1 KiB and 1 MiB. */
export function createLargePerson(person: string, bytes: number): LargePerson {
  const identifiers: Record<string, string> = {};
  const create = (): LargePerson => ({ person, name: 'Jane Doe', identifiers });
  const countMissing = (): number => bytes - Buffer.byteLength(JSON.stringify(create()));
  for (let n = 1_000; countMissing() > 0; n++) {
    // A member has 10 characters beside its value, and the last one has to leave room for none.
    const room = countMissing() - 10;
    identifiers[`n${n}`] = 'x'.repeat(room <= 1_000 ? room : Math.min(1_000, room - 11));
  }
  return create();
}

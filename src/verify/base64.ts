/**
 * Decodes canonical base64 (RFC 4648, section 4): padded, unused bits zero. Returns undefined for any other text, so
 * that no two texts decode to the same bytes.
 */
export function decodeBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

/** The 32 bytes of a SHA-256 hash in canonical base64; undefined for anything else. */
export function decodeBase64Hash(text: string): Buffer | undefined {
  const bytes = decodeBase64(text);
  return bytes?.length === 32 ? bytes : undefined;
}

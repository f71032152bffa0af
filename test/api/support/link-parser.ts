// Web links, read as RFC 8288 writes them in a header and RFC 6690 in a document.
export type Link = {
  readonly to: string;
  readonly rel: readonly string[];
  readonly attributes: { readonly [name: string]: string };
};

/** Throws if anything is left over. */
export function parseLinks(text: string): readonly Link[] {
  const links: Link[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const [whole, to, parameters] =
      /^<([^<>"\s]+)>((?:\s*;\s*[\w-]+="[^"]*")*)\s*(?:,\s*|$)/.exec(rest) ?? [];
    if (whole === undefined || to === undefined) throw new Error(`No link: ${rest}`);
    const attributes = Object.fromEntries(
      [...(parameters ?? '').matchAll(/([\w-]+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    );
    links.push({ to, rel: attributes['rel']?.split(' ') ?? [], attributes });
    rest = rest.slice(whole.length);
  }
  return links;
}

/** The one link with this relation. Throws if there is none, or more. */
export function getLink(links: readonly Link[], rel: string): Link {
  const found = links.filter((link) => link.rel.includes(rel));
  if (found.length !== 1 || !found[0]) throw new Error(`${found.length} links are ${rel}.`);
  return found[0];
}

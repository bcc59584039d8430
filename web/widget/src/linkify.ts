/** Finds addresses in plain text. Only the web's own are made links; everything else stays text. */

export interface Piece {
  text: string;
  href?: string;
}

const ADDRESS = /\b(?:https?:\/\/|www\.)[^\s<>"'`]+/gi;

export function linkify(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const found of text.matchAll(ADDRESS)) {
    const address = trimEnd(found[0]);
    const href = hrefOf(address);
    if (!href) continue;
    if (found.index > from) pieces.push({ text: text.slice(from, found.index) });
    pieces.push({ text: address, href });
    from = found.index + address.length;
  }
  if (from < text.length) pieces.push({ text: text.slice(from) });
  return pieces;
}

/** Without the punctuation of the sentence around it. */
function trimEnd(address: string): string {
  for (;;) {
    const last = address.at(-1) ?? '';
    const open = { ')': '(', ']': '[', '}': '{' }[last];
    const unpaired = open !== undefined && address.split(last).length > address.split(open).length;
    if (!unpaired && !'.,;:!?*_~…'.includes(last)) return address;
    if (address === '') return address;
    address = address.slice(0, -1);
  }
}

function hrefOf(address: string): string | undefined {
  try {
    const url = new URL(/^www\./i.test(address) ? `https://${address}` : address);
    const web = url.protocol === 'https:' || url.protocol === 'http:';
    // A name before the host looks like the place one goes to, and is not.
    return web && url.hostname.includes('.') && !url.username && !url.password ? url.href : undefined;
  } catch {
    return undefined;
  }
}

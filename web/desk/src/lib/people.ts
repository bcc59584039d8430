/** Two letters for an avatar: the first of the first and of the last word. */
export function initials(name: string): string {
  const words = name
    .replace(/[^\p{L}\p{N}\s]/gu, ' ')
    .trim()
    .split(/\s+/)
    .filter(Boolean);
  const first = words[0];
  if (!first) return '?';
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  return ((first[0] ?? '') + (last?.[0] ?? '')).toUpperCase();
}

const tints = ['a', 'b', 'c', 'd'] as const;

/** An officer's tint: the same for the same id, everywhere. */
export function tint(id: string): (typeof tints)[number] {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) >>> 0;
  return tints[sum % tints.length] ?? 'a';
}

/** The name that a colleague is called by. */
export function firstName(name: string): string {
  return name.trim().split(/[\s,]+/)[0] ?? name;
}

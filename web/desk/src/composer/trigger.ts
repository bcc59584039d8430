export interface Trigger {
  kind: 'canned' | 'mention';
  query: string;
  /** Where the sign stands in the text. */
  from: number;
  to: number;
}

/** What is being looked up at the caret: `/word` anywhere, `@name` in notes. */
export function triggerAt(text: string, caret: number, note: boolean): Trigger | null {
  const before = text.slice(0, caret);
  const slash = /(?:^|\s)\/([\p{L}\p{N}-]*)$/u.exec(before);
  if (slash) {
    const query = slash[1] ?? '';
    return { kind: 'canned', query, from: caret - query.length - 1, to: caret };
  }
  const at = note ? /(?:^|\s)@([\p{L}]*)$/u.exec(before) : null;
  if (!at) return null;
  const query = at[1] ?? '';
  return { kind: 'mention', query, from: caret - query.length - 1, to: caret };
}

/** The text with a trigger replaced, and where the caret then stands. */
export function replaceTrigger(text: string, trigger: Trigger, by: string): { text: string; caret: number } {
  const next = text.slice(0, trigger.from) + by + text.slice(trigger.to);
  return { text: next, caret: trigger.from + by.length };
}

/** The colleagues that a note names. */
export function mentionedIn(text: string, officers: { id: string; name: string }[]): string[] {
  const found = officers.filter((one) => {
    const first = one.name.split(' ')[0] ?? one.name;
    return text.includes(`@${one.name}`) || new RegExp(`@${escape(first)}(?!\\p{L})`, 'u').test(text);
  });
  return found.map((one) => one.id);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** Keys as caps: "ctrl+enter" becomes Ctrl ↵. */
export function Kbd({ keys }: { keys: string }) {
  return keys.split(/[+ ]/).map((key, at) => <kbd key={at}>{capOf(key)}</kbd>);
}

function capOf(key: string): string {
  const mac = navigator.platform.startsWith('Mac');
  const caps: Record<string, string> = { ctrl: mac ? '⌘' : 'Ctrl', shift: 'Shift', enter: '↵', esc: 'Esc' };
  return caps[key] ?? key.toUpperCase();
}

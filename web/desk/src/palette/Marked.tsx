/** A text with the part that was typed in bold. */
export function Marked({ text, part }: { text: string; part: string }) {
  const words = part.trim();
  const at = words ? text.toLowerCase().indexOf(words.toLowerCase()) : -1;
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <b>{text.slice(at, at + words.length)}</b>
      {text.slice(at + words.length)}
    </>
  );
}

import { Fragment, memo, type ReactNode } from 'react';

const LINK = /(https?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]])/g;

/** Plain text with its line breaks; web addresses open in a new tab and tell nobody where from. */
export const MessageText = memo(function MessageText({ text, names }: { text: string; names?: string[] }) {
  return text
    .trim()
    .split(/\n{2,}/)
    .map((paragraph, at) => (
      <p key={at}>
        {paragraph.split('\n').map((line, row) => (
          <Fragment key={row}>
            {row > 0 && <br />}
            {linked(line, names ?? [])}
          </Fragment>
        ))}
      </p>
    ));
});

function linked(line: string, names: string[]): ReactNode[] {
  return line.split(LINK).map((part, at) =>
    at % 2 && leads(part) ? (
      <a key={at} href={part} target="_blank" rel="noopener noreferrer nofollow">
        {part}
      </a>
    ) : (
      <Fragment key={at}>{mentioned(part, names)}</Fragment>
    ),
  );
}

/** A name before the host looks like the place one goes to, and is not. */
function leads(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && !url.username && !url.password;
}

/** `@Name` of a colleague stands out. */
function mentioned(text: string, names: string[]): ReactNode {
  if (names.length === 0 || !text.includes('@')) return text;
  const quoted = names
    .map((name) => name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .sort((a, b) => b.length - a.length);
  return text.split(new RegExp(`(@(?:${quoted.join('|')}))`, 'g')).map((part, at) =>
    at % 2 ? (
      <span key={at} className="at">
        {part}
      </span>
    ) : (
      part
    ),
  );
}

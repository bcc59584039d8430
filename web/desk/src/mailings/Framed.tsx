import { useMemo } from 'react';

/** Nothing runs and nothing is fetched: pictures from elsewhere are seen in a test mail. */
const POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'";

/** The HTML of a mailing in a frame of its own, which runs nothing and sees nothing of the desk. */
export function Framed({ html, title }: { html: string; title: string }) {
  const page = useMemo(
    () =>
      `<meta http-equiv="Content-Security-Policy" content="${POLICY}"><base target="_blank">` +
      (/^\s*<(!doctype|html)/i.test(html)
        ? html
        : `<body style="font-family:sans-serif;font-size:15px;line-height:1.5;margin:16px">${html}</body>`),
    [html],
  );
  return <iframe className="framed" sandbox="" srcDoc={page} title={title} referrerPolicy="no-referrer" />;
}

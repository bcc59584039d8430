// Fails when a page of the shop, or a visitor who opens the chat, would have to load more than is fair.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const MOST = 15 * 1000;
let failed = false;
for (const name of ['widget.js', 'widget-panel.js']) {
  const bundle = readFileSync(new URL(`../dist/${name}`, import.meta.url));
  const size = gzipSync(bundle, { level: 9 }).length;
  console.log(`${name}: ${size} bytes gzipped of at most ${MOST} (${bundle.length} plain)`);
  failed ||= size > MOST;
}
process.exit(failed ? 1 : 0);

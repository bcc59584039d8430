import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { defineConfig } from 'vite';

const PANEL = 'widget-panel.js';

/** Two classic scripts, as shops embed them: the launcher, and the panel that it fetches when it is wanted. */
export default defineConfig(({ mode }) => {
  const panel = mode === 'panel';
  return {
    oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
    define: { PANEL_FILE: JSON.stringify(panel ? '' : `${PANEL}?${version()}`) },
    build: {
      target: ['chrome111', 'firefox115', 'safari16.4'],
      emptyOutDir: panel,
      copyPublicDir: false,
      lib: {
        entry: panel ? 'src/panel.tsx' : 'src/main.tsx',
        formats: ['iife'],
        name: panel ? 'sapaPanel' : 'sapa',
        fileName: () => (panel ? PANEL : 'widget.js'),
      },
      rolldownOptions: panel
        ? { external: ['preact'], output: { globals: { preact: 'sapaWidget.preact' } } }
        : {},
    },
  };

  /** A panel of another version than its launcher's is never taken from a cache. */
  function version(): string {
    return createHash('sha256')
      .update(readFileSync(`dist/${PANEL}`))
      .digest('hex')
      .slice(0, 8);
  }
});

import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const hub = process.env.SAPA_URL ?? 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [react()],
  build: { target: 'es2022', sourcemap: false, chunkSizeWarningLimit: 900 },
  server: {
    port: 5173,
    proxy: {
      '/api': { target: hub, ws: true, changeOrigin: false },
    },
  },
});

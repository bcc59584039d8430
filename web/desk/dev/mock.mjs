// Starts the mock hub for work on the desk: `npm run mock`, then `npm run dev`.
import { runnerImport } from 'vite';

await runnerImport('./dev/mock-server.ts');

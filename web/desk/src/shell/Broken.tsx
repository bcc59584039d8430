import { Failed } from '../ui/Failed';

/** Where a part of the desk itself failed: what is written is kept on the hub. */
export function Broken({ error, reset }: { error: unknown; reset: () => void }) {
  return (
    <main className="whole">
      <Failed error={error} retry={reset} />
    </main>
  );
}

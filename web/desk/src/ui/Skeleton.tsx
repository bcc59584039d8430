import { useEffect, useState, type ReactNode } from 'react';

/** Shows its children only when the wait has lasted 200 ms. */
export function Late({ children }: { children: ReactNode }) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return late ? children : null;
}

/** One grey bar in the shape of a text to come. */
export function Bar({ w, h }: { w: number | string; h?: number }) {
  return <span className="sk" style={{ width: w, height: h }} />;
}

/** Lines of a text to come, for panes without a shape of their own. */
export function LineSkeletons({ count = 5 }: { count?: number }) {
  return (
    <Late>
      <div className="sk-lines" aria-busy="true">
        {Array.from({ length: count }, (_, at) => (
          <Bar key={at} w={`${88 - ((at * 23) % 46)}%`} />
        ))}
      </div>
    </Late>
  );
}

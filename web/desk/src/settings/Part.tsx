import type { ReactNode } from 'react';

/** The head of a part of the settings: what it is, in a sentence, and its main action. */
export function Part({
  title,
  text,
  act,
  children,
}: {
  title: string;
  text?: string;
  act?: ReactNode;
  children: ReactNode;
}) {
  return (
    <>
      <div className="row start part-head">
        <div className="grow">
          <h2 className="title">{title}</h2>
          {text && <p className="t2">{text}</p>}
        </div>
        {act}
      </div>
      {children}
    </>
  );
}

/** One group of choices inside a part. */
export function Group({ title, text, children }: { title: string; text?: string; children: ReactNode }) {
  return (
    <section className="group">
      <div>
        <h3>{title}</h3>
        {text && <p className="t3 sm">{text}</p>}
      </div>
      <div className="stack">{children}</div>
    </section>
  );
}

import type { FormEvent, ReactNode } from 'react';
import { useT } from '../i18n';

/** The card of the pages before the desk. */
export function AuthCard({
  title,
  lead,
  onSubmit,
  children,
}: {
  title: string;
  lead: string;
  onSubmit: () => void;
  children: ReactNode;
}) {
  const t = useT();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit();
  };
  return (
    <main className="auth">
      <form className="auth-card" onSubmit={submit} noValidate>
        <svg className="logo" viewBox="0 0 28 28" role="img" aria-label={t('app.name')}>
          <use href="#logo" />
        </svg>
        <h1 className="title">{title}</h1>
        <p className="t2">{lead}</p>
        {children}
      </form>
    </main>
  );
}

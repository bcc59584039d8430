import { ApiError, codeOf } from '../api/errors';
import { isKey, useT, useTexts, type Translate } from '../i18n';
import { hubWords } from '../i18n/hub';
import { clock } from '../lib/time';
import { Button } from './Button';
import { Empty } from './Empty';

/** An error in plain words; the hub's own sentence where ours would say less. */
export function errorWords(error: unknown, t: Translate): string {
  const key = `error.${codeOf(error)}`;
  if (isKey(key)) return t(key);
  return error instanceof ApiError && error.problem.status < 500
    ? hubWords(error.problem.title, t)
    : t('error.internal');
}

/** A pane that did not load: what failed, what is safe, what to do. */
export function Failed({ error, retry, title }: { error: unknown; retry?: () => void; title?: string }) {
  const { t, locale } = useTexts();
  const request = error instanceof ApiError ? error.problem.request_id : undefined;
  const details = `${codeOf(error)} ${request ?? ''} ${new Date().toISOString()} ${String(error)}`;
  return (
    <div role="alert" className="failed-pane">
      <Empty
        icon="warn"
        title={title ?? t('error.title')}
        text={`${t('error.safe')} ${errorWords(error, t)}`}
      >
        {retry && (
          <Button small icon="refresh" onClick={retry}>
            {t('try_again')}
          </Button>
        )}
        <Button small look="quiet" onClick={() => void navigator.clipboard.writeText(details)}>
          {t('copy_details')}
        </Button>
      </Empty>
      {request && (
        <p className="sm t3 center">
          {t('error.request', { id: request })}, {clock(Date.now(), locale)}
        </p>
      )}
    </div>
  );
}

/** One line of red words under a form. */
export function FormError({ error }: { error: unknown }) {
  const t = useT();
  if (!error) return null;
  return (
    <p className="form-error" role="alert">
      {errorWords(error, t)}
    </p>
  );
}

/** What the hub said about one field of a form. */
export function fieldError(error: unknown, field: string, t: Translate): string | undefined {
  const said = error instanceof ApiError ? error.problem.fields?.[field] : undefined;
  return said && hubWords(said, t);
}

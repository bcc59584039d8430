import { useT } from '../i18n';
import { useNow } from '../lib/useNow';
import { Button, IconButton } from './Button';
import { Icon } from './Icon';
import { closeToast, useToast, type Toast } from './toasts';

/** Bottom left, one at a time; said aloud without taking the focus. */
export function ToastSpot() {
  const shown = useToast();
  return (
    <div className="toast-spot" role="status" aria-live="polite">
      {shown && <ToastCard key={shown.id} toast={shown} />}
    </div>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  const t = useT();
  return (
    <div className="toast">
      {toast.icon && <Icon name={toast.icon} className={toast.tone ?? 't2'} />}
      <span className="cut">{toast.text}</span>
      {toast.counts && <Seconds until={toast.until} />}
      {toast.action && (
        <Button
          small
          look="quiet"
          className="toast-act"
          onClick={() => {
            closeToast(toast.id);
            toast.action?.run();
          }}
        >
          {toast.action.label}
        </Button>
      )}
      <IconButton icon="x" label={t('close')} onClick={() => closeToast(toast.id)} />
    </div>
  );
}

function Seconds({ until }: { until: number }) {
  const now = useNow(250);
  return (
    <span className="num t3" aria-hidden="true">
      {Math.max(0, Math.ceil((until - now) / 1000))}
    </span>
  );
}

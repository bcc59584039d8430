import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { CopyBox } from './SecretOnce';

/** What was made just now, and is never shown again. */
export interface Shown {
  secret?: string | null;
  token?: string | null;
}

/** A bot's secret and token, this once. */
export function BotSecrets({ shown, onClose }: { shown: Shown; onClose: () => void }) {
  const t = useT();
  return (
    <Dialog
      title={t('bots.secrets_title')}
      size={600}
      onClose={onClose}
      foot={
        <Button look="primary" onClick={onClose}>
          {t('close')}
        </Button>
      }
    >
      <p className="t2">{t('bots.secrets_text')}</p>
      {shown.secret && (
        <div className="stack">
          <div>
            <h3>{t('bots.secret')}</h3>
            <p className="t3 sm">{t('bots.secret_text')}</p>
          </div>
          <CopyBox text={shown.secret} label={t('bots.secret')} />
        </div>
      )}
      {shown.token && (
        <div className="stack">
          <div>
            <h3>{t('bots.token')}</h3>
            <p className="t3 sm">{t('bots.token_text')}</p>
          </div>
          <CopyBox text={shown.token} label={t('bots.token')} />
        </div>
      )}
    </Dialog>
  );
}

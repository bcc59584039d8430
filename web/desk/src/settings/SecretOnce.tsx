import { useState } from 'react';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';

/** A text in a box with a button that copies it. */
export function CopyBox({ text, label }: { text: string; label: string }) {
  const t = useT();
  const [copied, setCopied] = useState(false);
  return (
    <div className="copy-box">
      <code aria-label={label}>{text}</code>
      <Button
        small
        icon={copied ? 'check' : 'copy'}
        onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
      >
        {t(copied ? 'copied' : 'copy')}
      </Button>
    </div>
  );
}

/** Something that is shown this once: a token, a key, an invitation. */
export function SecretOnce({
  title,
  text,
  secret,
  onClose,
}: {
  title: string;
  text: string;
  secret: string;
  onClose: () => void;
}) {
  const t = useT();
  return (
    <Dialog
      title={title}
      size={560}
      onClose={onClose}
      foot={
        <Button look="primary" onClick={onClose}>
          {t('close')}
        </Button>
      }
    >
      <p className="t2">{text}</p>
      <CopyBox text={secret} label={title} />
    </Dialog>
  );
}

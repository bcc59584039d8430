import { Modal } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { useT } from '../i18n';
import { Button } from './Button';

interface DialogProps {
  title: ReactNode;
  onClose: () => void;
  children: ReactNode;
  /** The foot's buttons. */
  foot?: ReactNode;
  size?: number;
  onSubmit?: () => void;
}

/** A dialog over the scrim; it is open while it is rendered. */
export function Dialog({ title, onClose, children, foot, size = 480, onSubmit }: DialogProps) {
  const t = useT();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onSubmit?.();
  };
  const body = (
    <>
      <div className="dialog-body">{children}</div>
      {foot && <div className="dialog-foot">{foot}</div>}
    </>
  );
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={size}
      radius="lg"
      yOffset="10vh"
      closeButtonProps={{ 'aria-label': t('close') }}
      transitionProps={{ duration: 120 }}
      classNames={{ content: 'dialog', header: 'dialog-head', title: 'dialog-title', body: 'dialog-pad' }}
    >
      {onSubmit ? (
        <form onSubmit={submit} noValidate>
          {body}
        </form>
      ) : (
        body
      )}
    </Modal>
  );
}

/** Asks before something that cannot be taken back. */
export function Confirm({
  title,
  text,
  act,
  busy,
  onYes,
  onClose,
}: {
  title: string;
  text: ReactNode;
  act: string;
  busy?: boolean;
  onYes: () => void;
  onClose: () => void;
}) {
  const t = useT();
  return (
    <Dialog
      title={title}
      onClose={onClose}
      size={420}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button look="danger" busy={busy} onClick={onYes} data-autofocus>
            {act}
          </Button>
        </>
      }
    >
      <p className="t2">{text}</p>
    </Dialog>
  );
}

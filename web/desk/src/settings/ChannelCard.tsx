import { Switch } from '@mantine/core';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Channel } from '../api/types';
import { useT } from '../i18n';
import { hubWords } from '../i18n/hub';
import { Button, IconButton } from '../ui/Button';
import { ChannelIcon, useKindName } from '../ui/ChannelIcon';
import { Confirm } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { When } from '../ui/When';
import { CopyBox } from './SecretOnce';
import { useAct } from './useAct';

/** The line that a shop puts into its pages. */
export function snippet(siteKey: string): string {
  return `<script async src="${location.origin}/widget.js" data-site="${siteKey}"></script>`;
}

/** One channel: is it well, when did it last bring something, what is wrong. */
export function ChannelCard({ channel, onEdit }: { channel: Channel; onEdit: () => void }) {
  const t = useT();
  const kindName = useKindName();
  const act = useAct(keys.channels, keys.counts);
  const [checked, setChecked] = useState<{ ok: boolean; detail: string } | null>(null);
  const [gone, setGone] = useState(false);
  const { health } = channel;
  const path = { params: { path: { id: channel.id } } };
  const state = channel.enabled ? health.state : 'off';
  const led = { good: '', quiet: '', bad: 'red', off: 'off' }[state];
  const siteKey = channel.kind === 'webchat' ? channel.address : null;
  const check = () => act.mutate(async () => setChecked(await ok(api.POST('/channels/{id}/check', path))));
  return (
    <li className="channel">
      <div className="row start">
        <ChannelIcon kind={channel.kind} />
        <div className="grow min0">
          <div className="m">{channel.name}</div>
          <div className="t3 sm">
            {[kindName(channel.kind), channel.address !== channel.name && !siteKey && channel.address]
              .filter(Boolean)
              .join(' · ')}
          </div>
        </div>
        <Switch
          aria-label={t('channels.on', { name: channel.name })}
          checked={channel.enabled}
          onChange={(event) => {
            const enabled = event.currentTarget.checked;
            act.mutate(() => ok(api.PATCH('/channels/{id}', { ...path, body: { enabled } })));
          }}
        />
      </div>
      <div className={state === 'bad' ? 'health bad' : 'health t2'}>
        <span className={`led ${led}`} />
        <span>
          {t(`health.${state}`)} {state === 'bad' && health.error && `${hubWords(health.error, t)} `}
          {health.last_good_at && state === 'bad' && (
            <>
              {t('health.last_good')} <When at={health.last_good_at} full />.{' '}
            </>
          )}
          {health.last_message_at && (
            <>
              {t('health.last_message')} <When at={health.last_message_at} full />.
            </>
          )}
        </span>
      </div>
      {siteKey && <CopyBox text={snippet(siteKey)} label={t('channels.snippet')} />}
      {checked && (
        <p className={checked.ok ? 'row ok sm' : 'row bad sm'} role="status">
          <Icon name={checked.ok ? 'check' : 'alert'} size="s" />
          {t(checked.ok ? 'channels.check_ok' : 'channels.check_bad')} {hubWords(checked.detail, t)}
        </p>
      )}
      <div className="row">
        <Button small icon="refresh" busy={act.isPending} onClick={check}>
          {t('channels.check')}
        </Button>
        <Button small icon="edit" onClick={onEdit}>
          {t('edit')}
        </Button>
        <span className="grow" />
        <IconButton icon="trash" label={t('delete')} onClick={() => setGone(true)} />
      </div>
      {gone && (
        <Confirm
          title={t('channels.delete', { name: channel.name })}
          text={t('channels.delete_text')}
          act={t('delete')}
          busy={act.isPending}
          onYes={() =>
            act.mutate(() => ok(api.DELETE('/channels/{id}', path)), {
              onSuccess: () => setGone(false),
            })
          }
          onClose={() => setGone(false)}
        />
      )}
    </li>
  );
}

import { Switch } from '@mantine/core';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Bot, BotTest } from '../api/types';
import { useT } from '../i18n';
import { hubWords } from '../i18n/hub';
import { Button, IconButton } from '../ui/Button';
import { ChannelIcon } from '../ui/ChannelIcon';
import { Confirm } from '../ui/Dialog';
import { Icon } from '../ui/Icon';
import { Pick } from '../ui/Pick';
import { When } from '../ui/When';
import type { Shown } from './BotSecrets';
import { useAct } from './useAct';

type Asked = 'off' | 'delete' | 'secret' | 'token';

/** One bot: whether it answers, where, and what can be done about it. */
export function BotCard({
  bot,
  onEdit,
  onLog,
  onSecrets,
}: {
  bot: Bot;
  onEdit: () => void;
  onLog: () => void;
  onSecrets: (shown: Shown) => void;
}) {
  const t = useT();
  const act = useAct(keys.bots, keys.counts, keys.lists, keys.conversations);
  const [tested, setTested] = useState<BotTest | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const { health } = bot;
  const path = { params: { path: { id: bot.id } } };
  const led = { good: '', new: 'off', bad: 'red', off: 'off' }[health.state];
  const enable = (enabled: boolean) => ok(api.PATCH('/bots/{id}', { ...path, body: { enabled } }));
  const test = () => act.mutate(async () => setTested(await ok(api.POST('/bots/{id}/test', path))));
  const renew = (what: 'secret' | 'token') =>
    ok(api.POST('/bots/{id}/secrets', { ...path, body: { [what]: true } }));
  const sure = {
    off: {
      title: t('bots.off_title', { name: bot.name }),
      text: t('bots.off_text', { n: bot.in_charge }),
      yes: t('bots.off'),
      run: () => enable(false),
    },
    delete: {
      title: t('bots.delete', { name: bot.name }),
      text: t('bots.delete_text'),
      yes: t('delete'),
      run: () => ok(api.DELETE('/bots/{id}', path)),
    },
    secret: {
      title: t('bots.renew_title'),
      text: t('bots.renew_text'),
      yes: t('bots.renew'),
      run: async () => onSecrets(await renew('secret')),
    },
    token: {
      title: t('bots.renew_title'),
      text: t('bots.renew_text'),
      yes: t('bots.renew'),
      run: async () => onSecrets(await renew('token')),
    },
  };
  const question = asked && sure[asked];
  return (
    <li className="channel">
      <div className="row start">
        <span className="bot-mark">
          <Icon name="bot" />
        </span>
        <div className="grow min0">
          <div className="m">{bot.name}</div>
          <div className="t3 sm breaks">
            {t(`bots.form.${bot.form}`)} · {bot.url}
          </div>
        </div>
        <Switch
          aria-label={t('bots.on', { name: bot.name })}
          checked={bot.enabled}
          onChange={(event) => {
            if (event.currentTarget.checked) act.mutate(() => enable(true));
            else setAsked('off');
          }}
        />
        <Pick target={<IconButton icon="more" label={t('more')} />}>
          <Pick.Item leftSection={<Icon name="lock" />} onClick={() => setAsked('secret')}>
            {t('bots.renew_secret')}
          </Pick.Item>
          <Pick.Item leftSection={<Icon name="key" />} onClick={() => setAsked('token')}>
            {t('bots.renew_token')}
          </Pick.Item>
          <Pick.Item
            leftSection={<Icon name="trash" />}
            className="danger"
            onClick={() => setAsked('delete')}
          >
            {t('delete')}
          </Pick.Item>
        </Pick>
      </div>
      <div className="row gap1 wrap">
        {bot.channels.map((channel) => (
          <span key={channel.id} className="chip line">
            <ChannelIcon kind={channel.kind} size="xs" />
            {channel.name}
          </span>
        ))}
        {bot.channels.length === 0 && <span className="t3 sm">{t('bots.no_channels')}</span>}
      </div>
      <div className={health.state === 'bad' ? 'health bad' : 'health t2'}>
        <span className={`led ${led}`} />
        <span>
          {t(`bots.state.${health.state}`)}{' '}
          {health.last_good_at && (
            <>
              {t('bots.last_good')} <When at={health.last_good_at} full />.
            </>
          )}
        </span>
      </div>
      {health.error && <p className="sm bad breaks">{hubWords(health.error, t)}</p>}
      <p className="t3 sm num">
        {t('bots.day', { turns: health.turns, handed_over: health.handed_over, failed: health.failed })}
        {' · '}
        {t('bots.in_charge', { n: bot.in_charge })}
      </p>
      {tested && <Tested tested={tested} />}
      <div className="row wrap">
        <Button small icon="send" busy={act.isPending} onClick={test}>
          {t('bots.test')}
        </Button>
        <Button small icon="clock" onClick={onLog}>
          {t('bots.log')}
        </Button>
        <Button small icon="edit" onClick={onEdit}>
          {t('edit')}
        </Button>
      </div>
      {question && (
        <Confirm
          title={question.title}
          text={question.text}
          act={question.yes}
          busy={act.isPending}
          onYes={() => act.mutate(question.run, { onSuccess: () => setAsked(null) })}
          onClose={() => setAsked(null)}
        />
      )}
    </li>
  );
}

function Tested({ tested }: { tested: BotTest }) {
  const t = useT();
  const does =
    tested.actions.length > 0
      ? t('bots.test_actions', { actions: tested.actions.join(', ') })
      : t('bots.test_later');
  return (
    <p className={tested.good ? 'row ok sm' : 'row bad sm'} role="status">
      <Icon name={tested.good ? 'check' : 'alert'} size="s" />
      <span>
        {tested.good
          ? `${t('bots.test_good', { ms: tested.took })} ${does}`
          : `${t('bots.test_bad')} ${hubWords(tested.error ?? '', t)}`}
      </span>
    </p>
  );
}

import { MultiSelect, NumberInput, Select, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useChannels, useTeams } from '../api/queries';
import type { Bot, BotForm } from '../api/types';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { fieldError, FormError } from '../ui/Failed';
import type { Shown } from './BotSecrets';
import { useFormAct } from './useAct';

/** What is said when a new bot does not answer, unless its administrator says otherwise. */
const usual = {
  id: 'Terima kasih, pesan Anda sudah kami terima. Petugas kami akan menjawab.',
  en: 'Thank you, we have your message. One of our people will answer.',
};

/** Adds a bot, or changes one. */
export function BotDialog({
  bot,
  onSecrets,
  onClose,
}: {
  bot?: Bot;
  onSecrets: (shown: Shown) => void;
  onClose: () => void;
}) {
  const t = useT();
  const act = useFormAct(keys.bots, keys.counts);
  const all = useChannels().data ?? [];
  const teams = useTeams().data ?? [];
  const [name, setName] = useState(bot?.name ?? '');
  const [url, setUrl] = useState(bot?.url ?? 'https://');
  const [form, setForm] = useState<BotForm>(bot?.form ?? 'sapa');
  const [channels, setChannels] = useState(bot?.channels.map((one) => one.id) ?? []);
  const [patience, setPatience] = useState<number | string>(bot?.patience ?? 30);
  const [fallback, setFallback] = useState<Record<string, string>>(bot?.fallback ?? usual);
  const [team, setTeam] = useState<string | null>(bot?.team_id ?? null);
  const body = {
    name: name.trim(),
    url: url.trim(),
    form,
    channels,
    patience: Number(patience),
    fallback,
    team_id: team,
  };
  const save = () =>
    act.mutate(
      async () => {
        if (bot) await ok(api.PATCH('/bots/{id}', { params: { path: { id: bot.id } }, body }));
        else onSecrets(await ok(api.POST('/bots', { body })));
      },
      { onSuccess: onClose },
    );
  return (
    <Dialog
      title={bot ? bot.name : t('bots.new')}
      size={520}
      onClose={onClose}
      onSubmit={save}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            look="primary"
            type="submit"
            busy={act.isPending}
            disabled={!name.trim() || !/^https?:\/\/\S+/.test(url)}
          >
            {t('save')}
          </Button>
        </>
      }
    >
      <TextInput
        label={t('name')}
        description={t('bots.name_hint')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={fieldError(act.error, 'name', t)}
        data-autofocus
      />
      <TextInput
        label={t('bots.url')}
        description={t('bots.url_hint')}
        type="url"
        value={url}
        onChange={(event) => setUrl(event.currentTarget.value)}
        error={fieldError(act.error, 'url', t)}
      />
      <Select
        label={t('bots.form')}
        description={form === 'rasa' ? t('bots.form.rasa_hint') : undefined}
        data={(['sapa', 'rasa'] as const).map((one) => ({ value: one, label: t(`bots.form.${one}`) }))}
        value={form}
        allowDeselect={false}
        onChange={(value) => setForm((value as BotForm | null) ?? 'sapa')}
      />
      <MultiSelect
        label={t('bots.channels')}
        description={t('bots.channels_hint')}
        data={all.map((one) => ({ value: one.id, label: one.name }))}
        value={channels}
        onChange={setChannels}
        error={fieldError(act.error, 'channels', t)}
      />
      <NumberInput
        label={t('bots.patience')}
        description={t('bots.patience_hint')}
        min={5}
        max={300}
        value={patience}
        onChange={setPatience}
        error={fieldError(act.error, 'patience', t)}
      />
      {(['id', 'en'] as const).map((language) => (
        <Textarea
          key={language}
          label={`${t('bots.fallback')} (${t(`language.${language}`)})`}
          description={t('bots.fallback_hint')}
          autosize
          minRows={2}
          maxLength={500}
          value={fallback[language] ?? ''}
          onChange={(event) => setFallback({ ...fallback, [language]: event.currentTarget.value })}
          error={fieldError(act.error, 'fallback', t)}
        />
      ))}
      <Select
        label={t('bots.team')}
        placeholder={t('bots.team_nobody')}
        clearable
        data={teams.map((one) => ({ value: one.id, label: one.name }))}
        value={team}
        onChange={setTeam}
        error={fieldError(act.error, 'team_id', t)}
      />
      <FormError error={act.error} />
    </Dialog>
  );
}

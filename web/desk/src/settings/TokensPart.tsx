import { Checkbox, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import type { Permission } from '../api/types';
import { isKey, useT } from '../i18n';
import { Button } from '../ui/Button';
import { Dialog } from '../ui/Dialog';
import { fieldError, FormError } from '../ui/Failed';
import { When } from '../ui/When';
import { Listing } from './Listing';
import { Part } from './Part';
import { SecretOnce } from './SecretOnce';
import { useAct, useFormAct } from './useAct';

/** Tokens by which programs use the API. */
export function TokensPart() {
  const t = useT();
  const query = useQuery({
    queryKey: keys.tokens,
    queryFn: () => ok(api.GET('/tokens')).then((page) => page.items),
  });
  const act = useAct(keys.tokens);
  const [making, setMaking] = useState(false);
  const [token, setToken] = useState<string | null>(null);
  return (
    <Part
      title={t('settings.tokens')}
      text={t('tokens.text')}
      act={
        <Button look="primary" icon="plus" onClick={() => setMaking(true)}>
          {t('tokens.new')}
        </Button>
      }
    >
      <Listing query={query} icon="key" empty={t('tokens.none')} text={t('tokens.none_text')}>
        {(tokens) => (
          <table>
            <thead>
              <tr>
                <th>{t('name')}</th>
                <th>{t('tokens.scopes')}</th>
                <th>{t('tokens.expires')}</th>
                <th>{t('tokens.used')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {tokens.map((one) => (
                <tr key={one.id}>
                  <td className="m">{one.name}</td>
                  <td>
                    <span className="row gap1 wrap">
                      {one.scopes.map((scope) => (
                        <span key={scope} className="chip">
                          {scope}
                        </span>
                      ))}
                    </span>
                  </td>
                  <td className="t2">{one.expires_at ? <When at={one.expires_at} /> : t('tokens.no_end')}</td>
                  <td className="t2">
                    {one.last_used_at ? <When at={one.last_used_at} full /> : t('never')}
                  </td>
                  <td className="r">
                    <Button
                      small
                      look="quiet"
                      className="danger"
                      busy={act.isPending}
                      onClick={() =>
                        act.mutate(() => ok(api.DELETE('/tokens/{id}', { params: { path: { id: one.id } } })))
                      }
                    >
                      {t('tokens.revoke')}
                    </Button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Listing>
      {making && <TokenDialog onMade={setToken} onClose={() => setMaking(false)} />}
      {token && (
        <SecretOnce
          title={t('tokens.made')}
          text={t('tokens.once')}
          secret={token}
          onClose={() => setToken(null)}
        />
      )}
    </Part>
  );
}

function TokenDialog({ onMade, onClose }: { onMade: (token: string) => void; onClose: () => void }) {
  const t = useT();
  const act = useFormAct(keys.tokens);
  const permissions = useQuery({
    queryKey: keys.permissions,
    queryFn: () => ok(api.GET('/permissions')),
  });
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<Permission[]>([]);
  const [expires, setExpires] = useState('');
  const make = () =>
    act.mutate(
      async () => {
        const expires_at = expires ? new Date(`${expires}T23:59:59`).toISOString() : undefined;
        const made = await ok(api.POST('/tokens', { body: { name: name.trim(), scopes, expires_at } }));
        onMade(made.token);
      },
      { onSuccess: onClose },
    );
  return (
    <Dialog
      title={t('tokens.new')}
      onClose={onClose}
      onSubmit={make}
      foot={
        <>
          <Button look="quiet" onClick={onClose}>
            {t('cancel')}
          </Button>
          <Button
            look="primary"
            type="submit"
            busy={act.isPending}
            disabled={!name.trim() || scopes.length === 0}
          >
            {t('tokens.make')}
          </Button>
        </>
      }
    >
      <TextInput
        label={t('name')}
        description={t('tokens.name_hint')}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        error={fieldError(act.error, 'name', t)}
        data-autofocus
      />
      <Checkbox.Group
        label={t('tokens.scopes')}
        value={scopes}
        onChange={(chosen) => setScopes(chosen as Permission[])}
      >
        <div className="checks">
          {permissions.data?.scopes.map((scope) => (
            <Checkbox
              key={scope}
              value={scope}
              label={scope}
              description={isKey(`permission.${scope}`) ? t(`permission.${scope}`) : undefined}
            />
          ))}
        </div>
      </Checkbox.Group>
      <TextInput
        type="date"
        label={t('tokens.expires')}
        description={t('optional')}
        value={expires}
        onChange={(event) => setExpires(event.currentTarget.value)}
      />
      <FormError error={act.error} />
    </Dialog>
  );
}

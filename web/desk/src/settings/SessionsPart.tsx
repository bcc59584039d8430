import { useQuery } from '@tanstack/react-query';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useT } from '../i18n';
import { agentWords } from '../lib/agent';
import { Button } from '../ui/Button';
import { Listing } from './Listing';
import { Part } from './Part';
import { useAct } from './useAct';
import { When } from '../ui/When';

/** Where one is signed in. */
export function SessionsPart() {
  const t = useT();
  const query = useQuery({ queryKey: keys.sessions, queryFn: () => ok(api.GET('/me/sessions')) });
  const act = useAct(keys.sessions);
  return (
    <Part title={t('settings.sessions')} text={t('sessions.text')}>
      <Listing query={query} icon="lock" empty={t('sessions.none')}>
        {(sessions) => (
          <table>
            <thead>
              <tr>
                <th>{t('sessions.device')}</th>
                <th>{t('sessions.address')}</th>
                <th>{t('sessions.since')}</th>
                <th>{t('sessions.seen')}</th>
                <th />
              </tr>
            </thead>
            <tbody>
              {sessions.map((one) => (
                <tr key={one.id}>
                  <td>
                    <span title={one.agent ?? undefined}>
                      {one.agent ? agentWords(one.agent) : t('sessions.unknown')}
                    </span>{' '}
                    {one.current && <span className="chip green">{t('sessions.this')}</span>}
                  </td>
                  <td className="num t2">{one.address}</td>
                  <td className="t2">
                    <When at={one.created_at} full />
                  </td>
                  <td className="t2">
                    <When at={one.last_seen_at} full />
                  </td>
                  <td className="r">
                    {!one.current && (
                      <Button
                        small
                        look="quiet"
                        busy={act.isPending}
                        onClick={() =>
                          act.mutate(() =>
                            ok(api.DELETE('/me/sessions/{id}', { params: { path: { id: one.id } } })),
                          )
                        }
                      >
                        {t('sessions.end')}
                      </Button>
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </Listing>
    </Part>
  );
}

import { useQuery } from '@tanstack/react-query';
import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { isKey, useT } from '../i18n';
import { Failed } from '../ui/Failed';
import { Icon } from '../ui/Icon';
import { LineSkeletons } from '../ui/Skeleton';
import { Part } from './Part';
import { reachable } from '../ui/reachable';

/** Which role may do what, as the hub keeps it. */
export function RolesPart() {
  const t = useT();
  const query = useQuery({ queryKey: keys.permissions, queryFn: () => ok(api.GET('/permissions')) });
  const roles = Object.entries(query.data?.roles ?? {});
  const permissions = [...new Set(roles.flatMap(([, list]) => list))].sort();
  const named = (permission: string) => {
    const key = `permission.${permission}`;
    return isKey(key) ? t(key) : permission;
  };
  return (
    <Part title={t('settings.roles')} text={t('roles.text')}>
      {query.error && !query.data && <Failed error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && <LineSkeletons count={6} />}
      {query.data && (
        <div className="card scroll-x" ref={reachable}>
          <table className="roles">
            <thead>
              <tr>
                <th>{t('roles.permission')}</th>
                {roles.map(([role]) => (
                  <th key={role} className="c">
                    {isKey(`role.${role}`) ? t(`role.${role}` as 'role.officer') : role}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {permissions.map((permission) => (
                <tr key={permission}>
                  <td>{named(permission)}</td>
                  {roles.map(([role, list]) => (
                    <td key={role} className="c">
                      {list.includes(permission) ? (
                        <Icon name="check" size="s" className="ok" label={t('yes')} />
                      ) : (
                        <span className="sr">{t('no')}</span>
                      )}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Part>
  );
}

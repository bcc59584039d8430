import { api, ok } from '../api/client';
import type { Contact } from '../api/types';
import { useT } from '../i18n';
import { Button } from '../ui/Button';
import { Icon } from '../ui/Icon';
import { When } from '../ui/When';
import { Block } from './Block';
import { EvidenceList } from './EvidenceList';
import { useContactAct } from './useContactAct';

/** Records that were joined into this one; each can be taken apart again, at any time. */
export function Merges({ contact }: { contact: Contact }) {
  const t = useT();
  const act = useContactAct(contact.id);
  if (contact.merges.length === 0) return null;
  return (
    <Block name="merges" title={t('customer.merges')} count={contact.merges.length}>
      {contact.merges.map((merge) => (
        <div key={merge.id} className="merge">
          <div className="row">
            <Icon name="merge" size="s" className="t3" />
            <span className="grow cut">{merge.name}</span>
            <Button
              small
              look="quiet"
              busy={act.isPending}
              onClick={() =>
                act.mutate(() => ok(api.POST('/merges/{id}/undo', { params: { path: { id: merge.id } } })))
              }
            >
              {t('merge.undo')}
            </Button>
          </div>
          <div className="t3 sm">
            {merge.by.name}, <When at={merge.at} full />
          </div>
          <EvidenceList evidence={merge.evidence} />
        </div>
      ))}
    </Block>
  );
}

import { api, ok } from '../api/client';
import { keys } from '../api/keys';
import { useCategories } from '../api/queries';
import type { Category } from '../api/types';
import { useT } from '../i18n';
import { CategoryDialog } from './CategoryDialog';
import { TreePart } from './TreePart';
import { useAct } from './useAct';

/** Where matters belong, and what a new ticket is given. */
export function CategoriesPart() {
  const t = useT();
  const query = useCategories();
  const act = useAct(keys.categories);
  const path = (one: Category) => ({ params: { path: { id: one.id } } });
  return (
    <TreePart<Category>
      title="settings.categories"
      text="categories.text"
      add="categories.new"
      empty="categories.none"
      icon="tag"
      query={query}
      heads={['ticket.severity', 'categories.due', 'categories.further']}
      cells={(one) => (
        <>
          <td className="wide t2 nowrap">{t(`severity.${one.severity}`)}</td>
          <td className="wide t2 nowrap">
            {one.due_hours ? t('dur.h', { n: one.due_hours }) : <span className="t3">–</span>}
          </td>
          <td className="wide t2 nowrap">{t(`joining.${one.attach}`)}</td>
        </>
      )}
      busy={act.isPending}
      archive={(one, archived) =>
        act.mutate(() => ok(api.PATCH('/ticket-categories/{id}', { ...path(one), body: { archived } })))
      }
      remove={(one, done) =>
        act.mutate(() => ok(api.DELETE('/ticket-categories/{id}', path(one))), { onSettled: done })
      }
      dialog={(category, parent, close) => (
        <CategoryDialog category={category} parent={parent} onClose={close} />
      )}
    />
  );
}

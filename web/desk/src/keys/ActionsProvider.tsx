import {
  createContext,
  useContext,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type ReactNode,
} from 'react';
import { meaningOf, pressOf, specOf, type ActionId, type KeyChoice } from './actions';

/** Who does what at the moment: the component that came last does it. */
class Registry {
  private readonly doers = new Map<ActionId, (() => void)[]>();

  register(id: ActionId, run: () => void): () => void {
    this.doers.set(id, [...(this.doers.get(id) ?? []), run]);
    return () =>
      void this.doers.set(
        id,
        (this.doers.get(id) ?? []).filter((one) => one !== run),
      );
  }
  can(id: ActionId): boolean {
    return (this.doers.get(id)?.length ?? 0) > 0;
  }
  run(id: ActionId): boolean {
    const run = this.doers.get(id)?.at(-1);
    run?.();
    return run !== undefined;
  }
}

interface Actions {
  registry: Registry;
  choice: KeyChoice;
}
const Context = createContext<Actions>({
  registry: new Registry(),
  choice: { lettersOff: false, bound: {} },
});

function writes(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    !(target instanceof HTMLInputElement && target.type === 'checkbox')
  );
}

/** True while a dialog or a menu has the keyboard for itself. */
function taken(): boolean {
  return document.querySelector('[role="dialog"][aria-modal], [role="menu"], [role="listbox"]') !== null;
}

export function ActionsProvider({ choice, children }: { choice: KeyChoice; children: ReactNode }) {
  const [registry] = useState(() => new Registry());
  useEffect(() => {
    let before: string | null = null;
    let forget: ReturnType<typeof setTimeout> | undefined;
    const onKey = (event: KeyboardEvent) => {
      const press = pressOf(event);
      if (!press || event.defaultPrevented || event.isComposing) return;
      const letter = !press.startsWith('ctrl+');
      if (letter && (writes(event.target) || taken())) return;
      const meaning = meaningOf(press, before, choice) ?? (before ? meaningOf(press, null, choice) : null);
      clearTimeout(forget);
      before = null;
      if (meaning === 'wait') {
        before = press;
        forget = setTimeout(() => (before = null), 1500);
      } else if (
        meaning &&
        (letter || !taken() || specOf(meaning).group === 'write') &&
        registry.run(meaning)
      ) {
        event.preventDefault();
      }
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [registry, choice]);
  return <Context.Provider value={{ registry, choice }}>{children}</Context.Provider>;
}

/** While the component is shown, and `on`, its function does the action. */
export function useAction(id: ActionId, run: () => void, on = true): void {
  const { registry } = useContext(Context);
  const latest = useRef(run);
  useLayoutEffect(() => {
    latest.current = run;
  });
  // With what is drawn, not after: who sees that a thing can be done can do it.
  useLayoutEffect(() => (on ? registry.register(id, () => latest.current()) : undefined), [registry, id, on]);
}

export function useActions(): Actions {
  return useContext(Context);
}

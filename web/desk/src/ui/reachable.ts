/** As a `ref`: what scrolls and has nothing to focus inside is reached by the keyboard while it overflows. */
export function reachable(element: HTMLElement | null) {
  if (!element) return;
  const look = () => {
    const overflows =
      element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight;
    if (overflows) element.tabIndex = 0;
    else element.removeAttribute('tabindex');
  };
  const watch = new ResizeObserver(look);
  watch.observe(element);
  if (element.firstElementChild) watch.observe(element.firstElementChild);
  return () => watch.disconnect();
}

/** What the shop's page says about its chat. */

export interface Options {
  token?: string;
  language?: string;
  theme?: string;
}

export interface Setup extends Options {
  /** Where the hub is: where the script came from. */
  base: string;
  site: string;
}

/** Reads the script's element and what the page left in `window.SapaChat`. */
export function setup(script: HTMLScriptElement, given: Options): Setup | null {
  const { site } = script.dataset;
  if (!site) return null;
  const chosen: Options = {};
  for (const name of ['token', 'language', 'theme'] as const) {
    const value: unknown = given[name] ?? script.dataset[name];
    if (typeof value === 'string' && value) chosen[name] = value;
  }
  return { ...chosen, base: new URL('.', script.src).href.replace(/\/$/, ''), site };
}

import { expect, it } from 'vitest';
import { agentWords } from './agent';

it('names_a_browser_and_its_system_in_short', () => {
  const safari = 'AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0';
  const chrome = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/146.0.0.0';
  const said = [
    'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    `Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) ${safari} Safari/605.1.15`,
    `Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) ${safari} Mobile/15E148 Safari/604.1`,
    `Mozilla/5.0 (Windows NT 10.0; Win64; x64) ${chrome} Safari/537.36 Edg/146.0.0.0`,
    `Mozilla/5.0 (Linux; Android 10; K) ${chrome} Mobile Safari/537.36`,
    'curl/8.14.1',
  ];
  expect(said.map(agentWords)).toEqual([
    'Firefox 140 · Linux',
    'Safari 18 · macOS',
    'Safari 18 · iOS',
    'Edge 146 · Windows',
    'Chrome 146 · Android',
    'curl/8.14.1',
  ]);
});

import { makeKey } from '../test/keys.js';
import { parseApiKey } from './api-key.js';

describe('parseApiKey', () => {
  it('takes a key, and the white space away that people paste with it', () => {
    for (let i = 0; i < 200; i += 1) {
      const key = makeKey();
      expect(parseApiKey(`\n ${key}\r\n`, 'X')).toBe(key);
    }
    // From the README of the platform.
    expect(parseApiKey('tlx_6nYfTKlhYMH1hM1U3pnNhb1fm2U9sm9S3AQTYBmoqIg2gBTni', 'X')).toMatch(/^tlx_6nYf/);
  });

  const key = makeKey();
  const changed = key.slice(0, 20) + (key[20] === 'a' ? 'b' : 'a') + key.slice(21);

  it.each([
    ['an empty text', '', /begins with "tlx_"/],
    ['a key of another service', 'sk-live-0123456789', /another kind/],
    ['quotation marks', `"${key}"`, /quotation marks/],
    ['the name of the scheme', `Bearer ${key}`, /"Bearer"/],
    ['a line break inside', `${key.slice(0, 20)}\n${key.slice(20)}`, /white space inside/],
    ['a lost character', key.slice(0, -1), /has 53 characters.*this has 52/],
    ['two keys', key + key, /this has 106/],
    ['a changed character', changed, /checksum/],
  ])('says what is wrong about %s, names the variable, and does not show the text', (_, text, complaint) => {
    const attempt = (): string => parseApiKey(text, 'TRAYLINX_API_KEY');
    expect(attempt).toThrow(complaint);
    expect(attempt).toThrow(/^TRAYLINX_API_KEY does not hold a Traylinx API key/);
    try {
      attempt();
    } catch (error) {
      if (text.length > 8) expect(String(error)).not.toContain(text.slice(8, 16));
    }
  });
});

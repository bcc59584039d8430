import { describe, expect, it } from 'vitest';

import { Outbox } from './outbox';
import { slotFor, subjectOf } from './person';
import { Memory, Slot } from './storage';

const page = 'https://kopiseruni.example/gayo';
const box = (store = new Memory(), prefix = 'sapa.seruni.v.') => new Outbox(new Slot(store, prefix));

describe('the outbox', () => {
  it('keeps what was said in order, over pages, to the letter', () => {
    const store = new Memory();
    const at = new Date('2026-11-23T10:00:00Z');
    for (const text of ['satu', 'dua', 'tiga']) box(store).add(text, [], page, at);
    const kept = box(store).all();
    expect(kept.map((entry) => entry.text)).toEqual(['satu', 'dua', 'tiga']);
    expect(JSON.parse(kept[0]?.frame ?? '')).toEqual({
      t: 'say',
      id: kept[0]?.id,
      text: 'satu',
      files: [],
      page,
    });
    expect(box(store).all()[0]?.frame).toBe(kept[0]?.frame);
  });

  it('lets go only of what was acknowledged', () => {
    const outbox = box();
    const [one, two] = [outbox.add('satu', [], page), outbox.add('dua', [], page)];
    outbox.remove(one.id);
    outbox.remove('another');
    expect(outbox.all()).toEqual([two]);
  });

  it('passes over what failed for good, and keeps it to be looked at', () => {
    const outbox = box();
    const [one, two] = [outbox.add('satu', [], page), outbox.add('dua', [], page)];
    outbox.fail(one.id, 'too_long');
    expect(outbox.next()?.id).toBe(two.id);
    expect(outbox.all()[0]?.failed).toBe('too_long');
  });

  it('survives what somebody else wrote into the store', () => {
    const store = new Memory();
    store.setItem('sapa.seruni.v.out.zzz', '{');
    box(store).add('satu', [], page);
    expect(box(store).all()).toHaveLength(1);
  });
});

const token = (payload: unknown) => `${Buffer.from(JSON.stringify(payload)).toString('base64url')}.mac`;

describe('who sits at the browser', () => {
  it('is read from the token, and nobody is read from what is none', () => {
    expect(subjectOf(token({ sub: 'rina' }))).toBe('rina');
    expect(subjectOf(token({ sub: 'Żółć 🙂' }))).toBe('Żółć 🙂');
    for (const odd of ['', '.', 'x', token({}), token({ sub: 7 }), token(null)])
      expect(subjectOf(odd)).toBeNull();
  });

  it('takes along what he began as a stranger, and leaves nothing to the next', () => {
    const store = new Memory();
    const stranger = slotFor(store, 'seruni', null);
    stranger.set('visitor', 'v1.a.b');
    stranger.set('said', '1');
    new Outbox(stranger).add('Halo', [], page);
    const rina = slotFor(store, 'seruni', token({ sub: 'rina' }));
    expect(rina.get('visitor')).toBe('v1.a.b');
    expect(new Outbox(rina).all()).toHaveLength(1);
    const next = slotFor(store, 'seruni', null);
    expect(next.names()).toEqual([]);
  });

  it('r8: another customer at the same browser gets another secret and sees nothing', () => {
    const store = new Memory();
    slotFor(store, 'seruni', token({ sub: 'rina' })).set('visitor', 'v1.rina.b');
    const budi = slotFor(store, 'seruni', token({ sub: 'budi' }));
    expect(budi.get('visitor')).toBeNull();
    expect(slotFor(store, 'seruni', token({ sub: 'rina' })).get('visitor')).toBe('v1.rina.b');
    expect(slotFor(store, 'nusa', token({ sub: 'rina' })).get('visitor')).toBeNull();
  });

  it('keeps his own secret while something of his waits under it', () => {
    const store = new Memory();
    const rina = slotFor(store, 'seruni', token({ sub: 'rina' }));
    rina.set('visitor', 'v1.rina.b');
    new Outbox(rina).add('Halo', [], page);
    const stranger = slotFor(store, 'seruni', null);
    stranger.set('visitor', 'v1.stranger.b');
    stranger.set('said', '1');
    expect(slotFor(store, 'seruni', token({ sub: 'rina' })).get('visitor')).toBe('v1.rina.b');
  });
});

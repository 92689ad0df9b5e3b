import { describe, expect, it } from '@jest/globals';
import { ownerOf } from './rendezvous.js';

const instances = Array.from({ length: 3_000 }, (_, number) => `instance-${number}`);
const collectors = ['a', 'b', 'c', 'd', 'e'];
const ownersAmong = (living: readonly string[]) => instances.map((instance) => ownerOf(instance, living));

describe('which collector reads an instance', () => {
  it('is the same in whatever order the collectors are counted', () => {
    expect(ownersAmong([...collectors].reverse())).toEqual(ownersAmong(collectors));
  });

  it('changes only for the instances of a collector that died', () => {
    const before = ownersAmong(collectors);
    const after = ownersAmong(collectors.filter((name) => name !== 'c'));
    before.forEach((owner, place) => expect(after[place]).toBe(owner === 'c' ? after[place] : owner));
    expect(after).not.toContain('c');
  });

  it('gives each collector about its share', () => {
    const owners = ownersAmong(collectors);
    for (const collector of collectors) {
      const count = owners.filter((owner) => owner === collector).length;
      expect(count).toBeGreaterThan(500);
      expect(count).toBeLessThan(700);
    }
  });

  it('is nobody where none lives', () => expect(ownerOf('shop', [])).toBeUndefined());
});

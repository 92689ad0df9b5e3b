import { describe, expect, it } from '@jest/globals';
import { instanceId } from '@plumbline/contracts';
import { tellSettings, type Setting, type SettingsState } from './settings.js';

const setting = (over: Partial<Setting> = {}): Setting => ({
  ...{ name: 'work_mem', value: '4096', unit: 'kB', source: 'default' },
  ...{ change_needs: 'session', pending_restart: 0 },
  ...over,
});
const at = (minute: number): Date => new Date(Date.UTC(2026, 10, 1, 0, minute));

function tell(settings: readonly Setting[], before: SettingsState | undefined, minute: number) {
  const window = { start: before === undefined ? at(minute) : new Date(before.at), end: at(minute) };
  return tellSettings('test.settings', { instance_id: instanceId('test'), window }, settings, before, () => 'shop');
}
const first = tell([setting()], undefined, 0);

describe('Settings read again', () => {
  it('are all told by the first reading, without events', () => {
    expect(first.rows).toMatchObject({ setting_snapshots: [{ name: 'work_mem', value: '4096' }], instance_events: [] });
  });

  it.each([
    { title: 'nothing when nothing changed', now: setting(), told: 0, events: 0 },
    { title: 'a value that changed, with an event', now: setting({ value: '8192' }), told: 1, events: 1 },
    { title: 'another source of the same value', now: setting({ source: 'file' }), told: 1, events: 0 },
    { title: 'a value that waits for a restart', now: setting({ pending_restart: 1 }), told: 1, events: 0 },
    { title: 'one that is new, without an event', now: setting({ name: 'jit' }), told: 1, events: 0 },
  ])('tell $title', ({ now, told, events }) => {
    const { rows } = tell([now], first.state, 1);
    expect([rows.setting_snapshots.length, rows.instance_events.length]).toEqual([told, events]);
  });

  it('name database, time and both values in the event', () => {
    expect(tell([setting({ value: '8192' })], first.state, 1).rows.instance_events).toEqual([
      {
        ...{ instance_id: 'test', kind: 'setting_changed', query_hash: '', database_name: 'shop' },
        ...{ occurred_at: '2026-11-01 00:01:00.000', noticed_after: '2026-11-01 00:00:00.000' },
        ...{ object_name: 'work_mem', subject: 'work_mem', before: '4096', after: '8192' },
      },
    ]);
  });
});

/** Where a moment stands in the week: the slots of baselines (contracts/judgement.ts, BaselineRow). All in UTC. */
export interface SlotPlace {
  readonly week_slot: number;
  readonly day_slot: number;
}

const hour_ms = 3_600_000;

/** `from_ms`: ms since 1970. Monday 00:00 is week slot 0; weekend hours are day slots 24–47. */
export function slotPlace(from_ms: number): SlotPlace {
  const hours = Math.floor(from_ms / hour_ms);
  const hour = hours % 24;
  // 1970 began on a Thursday, the fourth day of its week.
  const weekday = (Math.floor(hours / 24) + 3) % 7;
  return { week_slot: weekday * 24 + hour, day_slot: hour + (weekday >= 5 ? 24 : 0) };
}

export const day_names = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;
export const hours_per_day = 24;

const clock = (hour: number): string => `${String(hour).padStart(2, '0')}:00`;

/** 33 → "Tue 09:00". */
export const hourName = (hour_of_week: number): string =>
  `${day_names[Math.floor(hour_of_week / hours_per_day)] ?? '?'} ${clock(hour_of_week % hours_per_day)}`;

/** Hours of the week as a person says them: "Mon–Fri 09:00–12:00, 14:00–16:00; Sun 02:00–03:00". '' for none. */
export function nameHours(hours_of_week: readonly number[]): string {
  const chosen = new Set(hours_of_week);
  const days = day_names.map((name, day) => ({ name, hours: rangesOf(chosen, day) }));
  const groups: { first: string; last: string; hours: string }[] = [];
  days.forEach(({ name, hours }, day) => {
    const before = groups.at(-1);
    if (before !== undefined && before.hours === hours && days[day - 1]?.hours === hours) before.last = name;
    else groups.push({ first: name, last: name, hours });
  });
  return groups
    .filter(({ hours }) => hours !== '')
    .map(({ first, last, hours }) => `${first === last ? first : `${first}–${last}`} ${hours}`)
    .join('; ');
}

/** The chosen hours of one day, in ranges: "09:00–12:00, 14:00–16:00". */
function rangesOf(chosen: ReadonlySet<number>, day: number): string {
  const ranges: string[] = [];
  let start: number | undefined;
  for (let hour = 0; hour <= hours_per_day; hour++) {
    const is_chosen = hour < hours_per_day && chosen.has(day * hours_per_day + hour);
    if (is_chosen) start ??= hour;
    else if (start !== undefined) {
      ranges.push(`${clock(start)}–${clock(hour)}`);
      start = undefined;
    }
  }
  return ranges.join(', ');
}

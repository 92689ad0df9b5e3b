/** The driver reads the server's local `datetime` as if it were UTC; the server's offset now makes it an instant. */
export const instantOfLocal = (local_as_utc: Date, local_offset_min: number): Date =>
  new Date(local_as_utc.getTime() - local_offset_min * 60_000);

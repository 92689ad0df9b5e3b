import { real, whole, why } from '../setting.js';

/** The thresholds of the views about a workload as a whole (clickhouse/views/workload_*.sql), published by jobs/publish.ts. */
export const pattern_settings = {
  pattern_min_hours: whole(2, 168)
    .default(24)
    .meta(why('hours of the week', 'Before a day of hours is known no hour is a peak, and nothing has shifted.')),
  pattern_peak_ratio: real(1.01, 100)
    .default(1.5)
    .meta(why('ratio', 'Half more than the mean hour: office hours stand out of a week, an even load has no peak.')),
  pattern_min_load: real(0, 1)
    .default(0.001)
    .meta(why('load', 'Below 86 s of statements a day there is no workload to classify.')),
  pattern_class_min_share: real(0.5, 1)
    .default(0.7)
    .meta(why('share', 'Seven tenths of the time make the character of an instance; less is mixed.')),
  pattern_oltp_min_calls_per_s: real(0, 100_000)
    .default(1)
    .meta(why('calls per s', 'Fewer than one short statement a second is light use, whatever it looks like.')),
  pattern_short_max_mean_ms: real(0.01, 60_000)
    .default(50)
    .meta(
      why('ms', 'A person does not notice 50 ms, and a transaction of several such statements still feels immediate.'),
    ),
  pattern_short_max_rows_per_call: real(1, 1_000_000)
    .default(100)
    .meta(why('rows per call', 'A screen full of rows; more is a list or a report.')),
  pattern_short_max_read_bytes_per_call: real(0, 1e12)
    .default(8_388_608)
    .meta(why('bytes per call', 'A thousand pages of 8 KiB: several index look-ups, no scan of a table of size.')),
  pattern_heavy_min_mean_ms: real(1, 3_600_000)
    .default(1_000)
    .meta(why('ms', 'A statement of a second is a report or a batch, or wants to be looked at as one.')),
  pattern_heavy_min_rows_per_call: real(1, 1e12)
    .default(10_000)
    .meta(why('rows per call', 'Nobody reads ten thousand rows: a program does, as an export or an extract.')),
  pattern_heavy_min_read_bytes_per_call: real(1, 1e15)
    .default(268_435_456)
    .meta(
      why('bytes per call', 'A quarter of a GiB: more than most caches give one statement without harm to the others.'),
    ),
  pattern_shift_weeks: whole(1, 52)
    .default(4)
    .meta(why('weeks', 'As long as a baseline; idle hours are told from unwatched ones for 35 days.')),
  pattern_shift_min_level: real(1.01, 100)
    .default(1.3)
    .meta(why('ratio', 'A third more or less load is worth a word; it must also exceed every week before.')),
  pattern_shift_min_profile: real(0.01, 1)
    .default(0.15)
    .meta(why('share', 'A nightly batch moved by some hours moves about this share of a day’s load.')),
  pattern_shift_min_write_share: real(0.001, 1)
    .default(0.1)
    .meta(why('share', 'A tenth of the calls turned from reads to writes changes what an index costs.')),
  pattern_history_days: whole(1, 400)
    .default(28)
    .meta(why('days', 'Four weeks: what a query did before it stayed away.')),
  pattern_new_min_history_days: real(0, 400)
    .default(7)
    .meta(why('days', 'On an instance watched for less than a week every weekly job would be new.')),
  pattern_vanished_min_days: whole(1, 400)
    .default(3)
    .meta(why('days', 'A query seen on one or two days was run by hand; it does not vanish, it is over.')),
  pattern_vanished_min_absence_ratio: real(1, 100)
    .default(2)
    .meta(
      why(
        'ratio',
        'Twice its longest absence so far: a weekly job is missed after two weeks, a daily one after two days.',
      ),
    ),
  pattern_missed_intervals: real(1.5, 1_000)
    .default(3)
    .meta(why('intervals', 'One late reading is jitter, and the Health dashboard calls an aspect late after three.')),
};

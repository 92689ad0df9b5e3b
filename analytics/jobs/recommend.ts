import { fromUtc, instanceId, type Detector, type Recommendation, type ViewRow } from '@plumbline/contracts';
import { appendEvents, ledgerEvents, type Judged } from '../advice/ledger.js';
import { judgedInput } from '../advice/judged-input.js';
import { noticeApplied } from '../advice/notice-applied.js';
import { runDetectors } from '../advice/run-detectors.js';
import { budgetedWhatIf } from '../advisors/budgeted-what-if.js';
import { learnedCalibrations } from '../calibration/learned-calibrations.js';
import { loadDetectors } from '../detectors/load.js';
import type { Job, JobContext } from '../job.js';

/** Runs the detectors over each instance's judged span and brings the ledger of recommendations up to what they find. */
const job = {
  name: 'recommend',
  summary: 'Runs the detectors and files what they recommend',
  everySeconds: (settings) => settings.recommend_every_s,
  async run(context, as_of) {
    const detectors = (await loadDetectors()).map((loaded) => loaded.detector);
    const instances = (await context.ask('instances_latest', { instance_id: '' })).filter(
      (one) => one.is_enabled === 1,
    );
    const parts: string[] = [];
    let written_rows = 0;
    for (const instance of instances) {
      const report = await recommendFor(context, detectors, instance, as_of);
      written_rows += report.written_rows;
      parts.push(`${instance.instance_id}: ${report.summary}`);
    }
    return { summary: parts.length === 0 ? 'no instance to advise' : parts.join('; '), written_rows };
  },
} satisfies Job;
export default job;

async function recommendFor(
  context: JobContext,
  detectors: readonly Detector[],
  instance: ViewRow<'instances_latest'>,
  as_of: Date,
): Promise<{ summary: string; written_rows: number }> {
  const { instance_id } = instance;
  // First, because a finding that was mended by hand is applied and not withdrawn.
  const noticed = await noticeApplied(context, instance_id, as_of);
  const input = await judgedInput(context, instance, as_of);
  const what_if = budgetedWhatIf(await context.whatIf(instanceId(instance_id)), context.settings.what_if_max_calls);
  const { found, completed_detectors, failed_detectors } = await runDetectors(
    context,
    detectors,
    input,
    instance.abilities,
    what_if,
    await learnedCalibrations(context, instance.engine, as_of),
  );
  const ledger = await context.ask('recommendations_latest', { instance_id, state: '' });
  const judged: Judged = {
    found,
    completed_detectors,
    can_prove: what_if.can_prove,
    isUndone: ({ action }: Recommendation, applied_at) =>
      action.kind === 'create_index' &&
      input.dropped_indexes.some(
        (dropped) =>
          dropped.table_name === action.table_name &&
          dropped.schema_name === action.schema_name &&
          dropped.database_name === action.database_name &&
          fromUtc(dropped.dropped_at) > applied_at,
      ),
  };
  const events = ledgerEvents(ledger, judged, as_of, context.settings.propose_again_after_s);
  const written_rows = noticed + (await appendEvents(context, events));
  const count = (kind: string) => events.filter((event) => event.kind === kind).length;
  const summary = [
    `${input.queries.length} queries, ${found.length} findings`,
    `proposed ${count('proposed')}, withdrew ${count('withdrawn')}, noticed ${noticed}`,
    `${what_if.calls} planner calls${what_if.is_reached ? ' (bound what_if_max_calls reached)' : ''}`,
    ...(failed_detectors.length === 0 ? [] : [`failed: ${failed_detectors.join(', ')}`]),
  ].join(', ');
  if (what_if.is_reached) context.log('warn', 'what_if_max_calls reached: advice may be incomplete', { instance_id });
  return { summary, written_rows };
}

import type { RecommendationState, ViewRow } from '@plumbline/contracts';
import { Section } from '../page/Section';
import { NoteBox, type NoteAction } from '../parts/NoteBox';
import { ProblemNote } from '../parts/ProblemNote';
import { useAnswer } from '../parts/useAnswer';

const accept: NoteAction = { kind: 'accepted', label: 'Accept', variant: 'primary' };
const start: NoteAction = { kind: 'started', label: 'Start' };
const applied: NoteAction = { kind: 'applied', label: 'Mark applied', variant: 'success' };
const dismiss: NoteAction = { kind: 'dismissed', label: 'Dismiss', variant: 'destructive' };
const note: NoteAction = { kind: 'noted', label: 'Add note', needs_note: true };

const possible: Readonly<Record<RecommendationState, readonly NoteAction[]>> = {
  proposed: [accept, start, applied, dismiss, note],
  accepted: [start, applied, dismiss, note],
  started: [applied, dismiss, note],
  applied: [note],
  dismissed: [accept, note],
  withdrawn: [note],
};

/** What a person answers; every answer is an event that stays in the history. */
export function Answers({
  row,
  onAnswered,
}: {
  readonly row: ViewRow<'recommendations_latest'>;
  readonly onAnswered: () => void;
}) {
  const { is_sending, error, send } = useAnswer(onAnswered);
  const path = `/recommendations/${encodeURIComponent(row.recommendation_id)}/events`;
  return (
    <Section title="Your answer" hint="Nothing here changes the database: you run the statements">
      <ProblemNote error={error} />
      <NoteBox
        actions={possible[row.state] ?? [note]}
        is_sending={is_sending}
        placeholder="Why, when, by whom: it stays with the history"
        onAct={(kind, text) => send({ method: 'POST', path, body: { kind, note: text } })}
      />
    </Section>
  );
}

import { useId, useState } from 'react';
import { Button, Field, Stack, TextArea, type ButtonVariant } from '@grafana/ui';

export interface NoteAction {
  readonly kind: string;
  readonly label: string;
  readonly variant?: ButtonVariant;
  readonly needs_note?: boolean;
}

interface Props {
  readonly actions: readonly NoteAction[];
  readonly is_sending: boolean;
  readonly placeholder: string;
  readonly onAct: (kind: string, note: string) => Promise<boolean>;
}

/** Answers a person may give, with one note that goes along with whichever is chosen. */
export function NoteBox({ actions, is_sending, placeholder, onAct }: Props) {
  const id = useId();
  const [note, setNote] = useState('');
  const act = async (kind: string) => {
    if (await onAct(kind, note.trim())) setNote('');
  };
  return (
    <Stack direction="column" gap={1}>
      <Field label="Note" noMargin htmlFor={id}>
        <TextArea
          id={id}
          rows={2}
          maxLength={4000}
          value={note}
          placeholder={placeholder}
          onChange={(event) => setNote(event.currentTarget.value)}
        />
      </Field>
      <Stack direction="row" gap={1} wrap="wrap">
        {actions.map(({ kind, label, variant = 'secondary', needs_note = false }) => (
          <Button
            key={kind}
            variant={variant}
            disabled={is_sending || (needs_note && note.trim() === '')}
            tooltip={needs_note && note.trim() === '' ? 'Write a note first' : undefined}
            onClick={() => void act(kind)}
          >
            {label}
          </Button>
        ))}
      </Stack>
    </Stack>
  );
}

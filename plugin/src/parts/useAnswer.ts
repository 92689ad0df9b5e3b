import { useState } from 'react';
import { callApi, type Call } from '../data/callApi';

export interface Answering {
  readonly is_sending: boolean;
  readonly error: unknown;
  /** Sends one change; resolves to whether it was taken. While one is under way a second is not sent. */
  send(call: Call): Promise<boolean>;
}

/** One person's change at a time: under way, taken, or refused with its reason. `onTaken` reloads what it changed. */
export function useAnswer(onTaken: (answer: unknown) => void): Answering {
  const [is_sending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(undefined);
  const send = async (call: Call): Promise<boolean> => {
    if (is_sending) return false;
    setSending(true);
    setError(undefined);
    try {
      onTaken(await callApi<unknown>(call));
      return true;
    } catch (caught) {
      setError(caught);
      return false;
    } finally {
      setSending(false);
    }
  };
  return { is_sending, error, send };
}

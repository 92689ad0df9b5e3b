/** What an administrator configured; secrets never come back from Grafana, only whether there is one. */
export interface AppSettings {
  readonly apiUrl?: string;
  readonly datasourceUid?: string;
}

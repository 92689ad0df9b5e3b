import { createContext, useContext } from 'react';
import type { AppSettings } from './settings';

export const SettingsContext = createContext<AppSettings>({});
export const useSettings = (): AppSettings => useContext(SettingsContext);

export const plugin_id = 'plumbline-app';

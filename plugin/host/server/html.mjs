const escaped = (json) => JSON.stringify(json).replace(/</g, '\\u003c');

/** The one HTML page: boot data that holds no secret, the host's bundle, and nothing from elsewhere. */
export const html = (preview) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Plumbline preview</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="/public/plugins/${preview.plugin_json.id}/img/logo.svg">
<link rel="stylesheet" href="/public/host/host.css">
<style>html{font-size:14px}body{margin:0;background:#111217}</style></head>
<body class="theme-dark"><div id="reactRoot"></div>
<script>window.plumblinePreview=${escaped(preview)}</script>
<script type="module" src="/public/host/host.js"></script></body></html>`;

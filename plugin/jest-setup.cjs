// Tests of the preview host's server run in Node, where there is nothing to set up.
if (typeof HTMLCanvasElement !== 'undefined') {
  require('./.config/jest-setup');

  // Grafana's widths come from measured text; without a canvas every letter is eight pixels wide.
  HTMLCanvasElement.prototype.getContext = () => ({ measureText: (text) => ({ width: text.length * 8 }), font: '' });
}

const { warn } = console;
console.warn = (...args) => (String(args[0]).includes('React Router Future Flag') ? undefined : warn(...args));

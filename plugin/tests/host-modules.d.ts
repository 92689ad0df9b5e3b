/** The host's server parts are plain JavaScript: Node runs them without a build. */
declare module '*.mjs';

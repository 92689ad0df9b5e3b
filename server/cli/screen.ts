/** Where commands write: answers to `out`, what went wrong to `error`. Tests pass lists. */
export interface Screen {
  out(line: string): void;
  error(line: string): void;
}

export const toScreen: Screen = {
  out: (line) => void process.stdout.write(`${line}\n`),
  error: (line) => void process.stderr.write(`${line}\n`),
};

export interface Cli {
  readonly screen: Screen;
  /** Ends with this exit code when the command returns. */
  end(code: number): void;
}

/** Rows under headings, as wide as their widest cell. */
export function table(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  return [headings, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

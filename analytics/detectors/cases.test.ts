import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Finding } from '@plumbline/contracts';
import { detectorInput, detectorTools, type Given } from '../testing/case-input.js';
import { loadDetectors } from './load.js';

interface Case {
  readonly name: string;
  readonly given: Given;
  /** Fields of each finding, or the reason why there is none. */
  readonly finds?: readonly Partial<Finding>[];
  readonly finds_nothing_because?: string;
}

for (const { detector, cases } of await loadDetectors()) {
  const told = parse(readFileSync(cases, 'utf8'), { merge: true }) as readonly Case[];

  describe(`${detector.name}: ${detector.summary}`, () => {
    test.each(told.map((one) => [one.name, one] as const))('%s', async (_name, one) => {
      const findings = await detector.detect(detectorInput(one.given), detectorTools(one.given));
      if (one.finds_nothing_because !== undefined) {
        expect(findings.map((finding) => finding.title)).toEqual([]);
        return;
      }
      expect(findings.map((finding) => finding.target)).toHaveLength(one.finds?.length ?? 0);
      findings.forEach((finding, place) => expect(finding).toMatchObject(one.finds?.[place] ?? {}));
      for (const finding of findings) expectWhole(finding);
    });

    test('has at least ten cases, with findings and without', () => {
      expect(told.length).toBeGreaterThanOrEqual(10);
      expect(told.some((one) => one.finds_nothing_because)).toBe(true);
      expect(told.some((one) => one.finds)).toBe(true);
    });
  });
}

/** What every finding must carry, whatever it is about. */
function expectWhole(finding: Finding): void {
  for (const text of [finding.title, finding.reasoning, finding.proof_note, finding.target]) expect(text).not.toBe('');
  expect(finding.evidence.length).toBeGreaterThan(0);
  expect(finding.steps.length).toBeGreaterThan(0);
  for (const { label, value, source } of finding.evidence) {
    expect([label, value].join()).not.toMatch(/NaN|undefined|Infinity/);
    expect(source).toMatch(/^\w+\(.*\)$/);
  }
  const saved = finding.saved_seconds_per_day;
  if (saved) {
    expect(saved.low).toBeLessThanOrEqual(saved.value);
    expect(saved.high).toBeGreaterThanOrEqual(saved.value);
  }
}

// Reasons not to believe the figures.

const busyGenerator = 0.9;
const quietLoadAverage = 0.5;
const steadySpread = 1.25;

/**
 * @param {{ machine: import('./machine.mjs').Machine, options: { quick: boolean, profile: boolean },
 *   results: (import('./compare.mjs').Comparison & { name: string })[] }} report
 * @returns {string[]}
 */
export function warningsAbout({ machine, options, results }) {
  const warnings = [];
  if (options.quick) warnings.push('--quick checks the harness only; its figures mean nothing');
  if (options.profile) warnings.push('being profiled costs time; these figures mean little');
  if (machine.loadAverage > quietLoadAverage) {
    warnings.push(
      `the machine was busy with something else (load average ${machine.loadAverage.toFixed(1)})`,
    );
  }
  for (const { name, subject, baseline, ratios } of results) {
    for (const side of [subject, baseline]) {
      if (side.generatorLoad > busyGenerator) {
        warnings.push(`${name}: the load generator was the bottleneck of ${side.name}`);
      }
    }
    if (Math.max(...ratios) / Math.min(...ratios) > steadySpread) {
      warnings.push(`${name}: the ratios of the repeats differ by more than a quarter`);
    }
  }
  return warnings;
}

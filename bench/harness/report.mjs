/** @typedef {import('./compare.mjs').SideResult} SideResult */
/** @typedef {import('./compare.mjs').Comparison & { name: string, title: string }} ScenarioResult */

/**
 * @param {{ takenAt: string, machine: import('./machine.mjs').Machine, results: ScenarioResult[],
 *   options: { concurrency: number, repeats: number, seconds: number } }} report
 * @returns {string} Markdown
 */
export function toMarkdown({ takenAt, machine, results, options }) {
  const { processor, processors, memoryGb, system, node, loadGenerator, commit, loadAverage } = machine;
  const head = [
    '# Benchmarks',
    '',
    `${takenAt}, commit ${commit}. ${processors} × ${processor}, ${memoryGb} GB, ${system}, Node ${node}; ` +
      `load average before: ${loadAverage.toFixed(1)}.`,
    '',
    `Load: ${loadGenerator}, ${options.concurrency} connections, each with one request at a time; medians of ` +
      `${options.repeats} measurements of ${options.seconds} s, the sides in turn.`,
    '',
  ];
  return [...head, ...results.flatMap(scenarioLines)].join('\n');
}

/** @param {ScenarioResult} result @returns {string[]} */
function scenarioLines({ title, subject, baseline, ratio, ratios, cpuRatio }) {
  return [
    `## ${title}`,
    '',
    `**Ratio ${ratio.toFixed(2)}** of the requests per second (${ratios.map((one) => one.toFixed(2)).join(', ')}); ` +
      `processor time of all processes per request: ${cpuRatio.toFixed(1)} ×.`,
    '',
    ...table(
      ['', 'requests/s', 'p50 ms', 'p99 ms', 'CPU ms per 1,000', 'load generator, of one CPU'],
      [subject, baseline].map((side) => [
        side.name,
        side.requestsPerSecond.toFixed(0),
        side.p50Ms.toFixed(2),
        side.p99Ms.toFixed(2),
        side.cpuMsPer1000.toFixed(0),
        `${(side.generatorLoad * 100).toFixed(0)} %`,
      ]),
    ),
    '',
    ...table(['process', 'CPU ms per 1,000 requests', 'memory MB'], [subject, baseline].flatMap(processRows)),
    '',
  ];
}

/** @param {SideResult} side @returns {string[][]} */
function processRows({ name: side, processes }) {
  return Object.entries(processes).map(([name, { cpuMsPer1000, memoryMb }]) => [
    name === side ? name : `${name} (${side})`,
    cpuMsPer1000.toFixed(1),
    memoryMb.toFixed(0),
  ]);
}

/** @param {string[]} head @param {string[][]} rows @returns {string[]} */
function table(head, rows) {
  const line = (/** @type {string[]} */ cells) => `| ${cells.join(' | ')} |`;
  const rule = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [line(head), line(rule), ...rows.map(line)];
}

// `npm run bench`: measures what is in scenarios/ and writes down the figures.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stackDirectory } from '../tools/stack/paths.mjs';
import { startPlatform } from '../tools/stack/platform.mjs';
import { prepare } from '../tools/stack/prepare.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { compare } from './harness/compare.mjs';
import { warningsAbout } from './harness/doubts.mjs';
import { describeMachine } from './harness/machine.mjs';
import { parseOptions, usage } from './harness/options.mjs';
import { profiledEnvironment, startProfiles, summarizeProfiles } from './harness/profiles.mjs';
import { toMarkdown } from './harness/report.mjs';
import { scenarios } from './scenarios/index.mjs';

// Ctrl+C: everything that was started is stopped on the way out.
const interruption = new AbortController();
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => interruption.abort());

const resultsDirectory = join(stackDirectory, 'bench');

/** @param {import('./harness/options.mjs').Options} options */
async function main(options) {
  await prepare({ onProgress: say, signal: interruption.signal });
  mkdirSync(resultsDirectory, { recursive: true });
  const machine = await describeMachine();
  const results = [];
  for (const scenario of scenarios.filter(({ name }) => options.scenarios.includes(name))) {
    results.push(await run(scenario, options));
  }
  const report = { takenAt: new Date().toISOString(), options, machine, results };
  const markdown = toMarkdown(report);
  writeFileSync(join(resultsDirectory, 'latest.json'), `${JSON.stringify(report, null, 2)}\n`);
  writeFileSync(join(resultsDirectory, 'latest.md'), markdown);
  console.log(`\n${markdown}`);
  for (const warning of warningsAbout(report)) say(`warning: ${warning}`);
  say(`written to ${join(resultsDirectory, 'latest.{json,md}')}`);
}

/**
 * Each scenario has a platform to itself: no keys, caches or garbage of another one.
 *
 * @param {import('./scenarios/index.mjs').Scenario} scenario
 * @param {import('./harness/options.mjs').Options} options
 */
async function run(scenario, options) {
  const dir = temporaryDirectory('bench');
  const profiles = join(resultsDirectory, 'profiles', scenario.name);
  if (options.profile) {
    rmSync(profiles, { recursive: true, force: true });
    mkdirSync(profiles, { recursive: true });
  }
  const platform = await startPlatform({
    dir,
    onProgress: say,
    signal: interruption.signal,
    // One admin makes all the keys.
    baseEnv: { MAX_CHANGES_PER_MINUTE: '0', ...(options.profile ? profiledEnvironment(profiles) : {}) },
  });
  try {
    const contest = await scenario.prepare({ platform, dir });
    try {
      say(`measuring ${scenario.title}`);
      const onWarm = () => {
        if (options.profile) startProfiles(platform);
      };
      const comparison = await compare(contest, {
        ...options,
        onProgress: say,
        onWarm,
        signal: interruption.signal,
      });
      await contest.check(comparison);
      return { name: scenario.name, title: scenario.title, ...comparison };
    } finally {
      await contest.stop();
    }
  } finally {
    await platform.stop();
    rmSync(dir, { recursive: true, force: true });
    // Node writes a profile when the process ends.
    if (options.profile) say(summarizeProfiles(profiles));
  }
}

/** @param {string} message */
function say(message) {
  console.error(`bench: ${message}`);
}

try {
  const options = parseOptions(
    process.argv.slice(2),
    scenarios.map(({ name }) => name),
  );
  if (options.help) console.log(usage(scenarios));
  else await main(options);
} catch (error) {
  if (!interruption.signal.aborted) console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { startPlatform } from '../tools/stack/platform.mjs';
import { temporaryDirectory } from '../tools/stack/servers.mjs';
import { eventually } from './support/eventually.js';
import { GatewayClient } from './support/gateway-client.js';

type Platform = Awaited<ReturnType<typeof startPlatform>>;

interface Example {
  commands: string;
  /** What the README says they print; undefined when it says nothing. */
  answer: string | undefined;
}

const SEPARATOR = '=== next example ===';
/** What differs from run to run; everything else has to be as it is written. */
const VOLATILE = [
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '<id>'],
  [/\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, '<time>'],
  [/\btlx_[0-9A-Za-z]{49}\b/g, '<key>'],
  [/\btlx_[0-9A-Za-z]{4}\b/g, '<key start>'],
  [/\r/g, ''],
] as const;

/** The shell blocks of the README, each with the block that follows it directly. */
function examples(): Example[] {
  const blocks = readFileSync('README.md', 'utf8').matchAll(
    /```sh\n(?<commands>[^`]*(?:`(?!``)[^`]*)*)```\n(?:\n```(?:json|http|text)\n(?<answer>[^`]*)```)?/g,
  );
  return Array.from(blocks, ({ groups }) => ({
    commands: groups?.['commands'] ?? '',
    answer: groups?.['answer'],
  }));
}

function steady(text: string): unknown {
  const result = VOLATILE.reduce((rest, [pattern, name]) => rest.replaceAll(pattern, name), text).trim();
  // The README shows JSON laid out for people.
  return result.startsWith('{') && result.endsWith('}') ? parsedOrText(result) : result;
}

function parsedOrText(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** How complete usage is can be told once every gateway has reported, about a second after the start. */
async function untilUsageIsKnown({ gatewayUrl, adminToken }: Platform): Promise<void> {
  const gateway = new GatewayClient(gatewayUrl, adminToken);
  const { id } = await gateway.createProject('Warm-up');
  await eventually(async () => {
    expect((await gateway.createKey(id)).usage.asOf).not.toBeNull();
  });
}

/** All in one shell, as a reader would, who keeps its variables. */
async function run(all: Example[], env: Record<string, string>): Promise<string[]> {
  const shell = spawn('bash', ['-eu'], {
    env: { ...process.env, ...env },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  let printed = '';
  shell.stdout.on('data', (chunk) => (printed += String(chunk)));
  shell.stdin.end(all.map(({ commands }) => commands).join(`\necho '${SEPARATOR}'\n`));
  await once(shell, 'close');
  return printed.split(`${SEPARATOR}\n`);
}

describe('the README', () => {
  it('shows what its commands really print', async () => {
    const all = examples();
    expect(all.length).toBeGreaterThanOrEqual(8);
    const platform = await startPlatform({ dir: temporaryDirectory('readme') });
    try {
      await untilUsageIsKnown(platform);
      const printed = await run(all, {
        TRAYLINX_BASE_URL: platform.gatewayUrl,
        TRAYLINX_ADMIN_TOKEN: platform.adminToken,
      });
      const said = all.map(({ answer }) => steady(answer ?? ''));
      expect(printed.map(steady)).toEqual(said);
    } finally {
      await platform.stop();
    }
  }, 180_000);
});

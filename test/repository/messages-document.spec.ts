import { spawnSync } from 'node:child_process';

describe('docs/messages.md', () => {
  it('is what `npm run generate` makes of libs/contracts', () => {
    const { status, stderr } = spawnSync(process.execPath, ['tools/generate-messages.mjs', '--check'], {
      encoding: 'utf8',
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  }, 60_000);
});

#!/usr/bin/env node
import { existsSync } from 'node:fs';

const main = new URL('../dist/main.js', import.meta.url);
if (existsSync(main)) {
  const { main: run } = await import(main.href);
  await run(process.argv);
} else {
  process.stderr.write(
    'traylinx-keys is not built. Run `npm run build` (or `npm start`) in the repository.\n',
  );
  process.exitCode = 1;
}

// Where things are. Everything the stack makes lives under `.stack` (git-ignored), so `rm -rf .stack dist
// node_modules` is a factory reset; only root in an unreachable clone keeps its data elsewhere (see unprivileged.mjs).
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const repositoryDirectory = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
/** What `npm run build` makes. */
export const builtDirectory = join(repositoryDirectory, 'dist');
export const stackDirectory = join(repositoryDirectory, '.stack');
export const programsDirectory = join(stackDirectory, 'programs');

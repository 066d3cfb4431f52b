import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const COMPRESSIBLE = /\.(js|css|svg)$/;

/** Every text file once more as .br and .gz, so that the gateway compresses nothing while it serves. */
export function compressed(): Plugin {
  return {
    name: 'compressed',
    writeBundle: {
      // What is on the disk, and complete: Vite still changes the code of chunks when the bundle is generated.
      order: 'post',
      handler({ dir = '' }, bundle) {
        for (const fileName of Object.keys(bundle).filter((name) => COMPRESSIBLE.test(name))) {
          const file = join(dir, fileName);
          const content = readFileSync(file);
          writeFileSync(`${file}.br`, brotliCompressSync(content));
          writeFileSync(`${file}.gz`, gzipSync(content, { level: 9 }));
        }
      },
    },
  };
}

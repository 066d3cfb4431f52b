// The entry of `npm start` and `npm run stack`. Whatever Node runs this must get as far as the check of its version:
// so no newer syntax here, and everything else is imported after it.
import { refuseOldNode } from './node-version.mjs';

refuseOldNode();
void import('./cli.mjs').then(({ main }) => main(process.argv.slice(2)));

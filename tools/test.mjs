// `npm test`: brings everything the tests need, runs them, and ends with one line of figures. Arguments go to Jest:
// `npm test -- apps/gateway`. Like main.mjs of the stack it starts with nothing installed, on any Node.
import { refuseOldNode } from './stack/node-version.mjs';

refuseOldNode();
void import('./test/run.mjs').then(({ runTests }) => runTests(process.argv.slice(2)));

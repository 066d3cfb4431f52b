// Loaded into each service before its own code: profiles from SIGUSR2 on, when it has warmed up, until the process ends.
// (`--cpu-prof` is not allowed in NODE_OPTIONS, and would measure the start as well.)
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import { basename, join } from 'node:path';

const intervalUs = 500;

process.once('SIGUSR2', () => {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: intervalUs });
  session.post('Profiler.start');
  // A session of the same thread answers at once, so that there is time for it at the very end.
  process.once('exit', () => session.post('Profiler.stop', write));
});

/** @param {Error | null} error @param {import('node:inspector').Profiler.StopReturnType} result */
function write(error, { profile }) {
  if (error) throw error;
  // dist/apps/<service>/src/main.js
  const service = basename(join(process.argv[1] ?? '', '..', '..'));
  const file = join(process.env['PROFILE_DIRECTORY'] ?? '.', `${service}-${process.pid}.cpuprofile`);
  writeFileSync(file, JSON.stringify(profile));
}

// Loaded into a measured command: writes what it used when it exits, and what it had used when its first trial started.
const { writeFileSync } = require('node:fs');
const startedAt = performance.now();
let firstTrial = null;

function usage() {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const wallMs = performance.now() - startedAt;
  return { peakMb: maxRSS / 1024, cpuMs: (userCPUTime + systemCPUTime) / 1000, wallMs };
}

const write = process.stdout.write;
process.stdout.write = function (chunk, ...rest) {
  if (firstTrial === null && /^trial \d+ started/m.test(String(chunk))) firstTrial = usage();
  return write.call(this, chunk, ...rest);
};
process.on('exit', () => {
  const file = process.env.HPO_BENCH_USAGE;
  if (file) writeFileSync(file, JSON.stringify({ ...usage(), firstTrial }));
});

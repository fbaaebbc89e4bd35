// Loaded into a measured command: writes what it used when it exits.
const { writeFileSync } = require('node:fs');
process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  const file = process.env.HPO_BENCH_USAGE;
  if (file)
    writeFileSync(
      file,
      JSON.stringify({ peakMb: maxRSS / 1024, cpuMs: (userCPUTime + systemCPUTime) / 1000 }),
    );
});

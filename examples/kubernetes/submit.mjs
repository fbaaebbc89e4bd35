// Submits a trial of `executor: command` as a Job of Kubernetes: node submit.mjs NAME SCRIPT FOLDER. With --print it only prints the
// manifest. The folder in which hpo runs must be on a volume that pods can mount (ReadWriteMany), at the same path.
import { spawnSync } from 'node:child_process';

/** What your cluster has; each may be set as a variable of hpo's environment. */
const {
  HPO_K8S_IMAGE: image = 'registry.example/hpo-trainer:1',
  HPO_K8S_CLAIM: claimName = 'hpo-work',
  HPO_K8S_MOUNT: mountPath = '/work',
  HPO_K8S_CPUS: cpu = '4',
  HPO_K8S_MEMORY: memory = '8Gi',
  HPO_K8S_GPUS: gpus = '0',
} = process.env;

/** Kubernetes sends SIGTERM to the first process alone: it passes it on to all others, so that the trainer can save. */
const FIRST = 'trap "kill -TERM -1" TERM; bash "$0" & while kill -0 $! 2>/dev/null; do wait $!; done; exit 0';

function manifest(name, script, workingDir) {
  const limits = { memory, ...(gpus !== '0' && { 'nvidia.com/gpu': gpus }) };
  const container = {
    name: 'trial',
    image,
    workingDir,
    command: ['bash', '-c', FIRST, script],
    // The same in each pod of the Job: a trial whose node is lost continues in its attempt.
    env: [{ name: 'HPO_K8S_JOB', value: name }],
    resources: { requests: { cpu, memory }, limits },
    volumeMounts: [{ name: 'work', mountPath }],
  };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, labels: { app: 'hpo-trial' } },
    spec: {
      backoffLimit: 3,
      // No second pod before the first one has ended.
      podReplacementPolicy: 'Failed',
      ttlSecondsAfterFinished: 3600,
      template: {
        metadata: { labels: { app: 'hpo-trial' } },
        spec: {
          restartPolicy: 'Never',
          terminationGracePeriodSeconds: 60,
          containers: [container],
          volumes: [{ name: 'work', persistentVolumeClaim: { claimName } }],
        },
      },
    },
  };
}

const isPrint = process.argv.includes('--print');
const [name, script, folder] = process.argv.slice(2).filter((word) => word !== '--print');
if (folder === undefined) {
  console.error('usage: node submit.mjs [--print] NAME SCRIPT FOLDER');
  process.exitCode = 2;
} else if (isPrint) console.log(JSON.stringify(manifest(name, script, folder), null, 2));
else {
  const input = JSON.stringify(manifest(name, script, folder));
  const { status, error } = spawnSync('kubectl', ['create', '-f', '-'], {
    input,
    stdio: ['pipe', 'inherit', 'inherit'],
  });
  if (error) console.error(`kubectl cannot be started: ${error.message}`);
  process.exitCode = status ?? 1;
}

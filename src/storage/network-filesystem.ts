import { readFileSync, realpathSync, statfsSync } from 'node:fs';
import { usageError } from '../core/errors.js';

/** Whether a file system is safe for a database: `local` is, `network` is not, `unsure` may be. */
export type Locality = 'local' | 'network' | 'unsure';

/** Magic numbers of statfs(2): linux/magic.h, and those of file systems that are not in the kernel's tree. */
const NETWORK: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB'],
  [0x564c, 'NCP'],
  [0x73757245, 'Coda'],
  [0x5346414f, 'AFS'],
  [0x6b414653, 'AFS'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
  [0x00c36400, 'CephFS'],
  [0xaad7aaea, 'PanFS'],
  [0x19830326, 'BeeGFS'],
  [0x01161970, 'GFS2'],
  [0x7461636f, 'OCFS2'],
]);
const V9FS = 0x01021997;
const FUSE = 0x65735546;
const VBOXSF = 0x786f4256;
/** Kinds of FUSE whose files lie on another machine. The rest (ntfs, overlays of containers) is local as far as we know. */
const REMOTE_FUSE =
  /sshfs|s3|gcsfuse|rclone|gluster|ceph|juicefs|davfs|curlftpfs|hdfs|lizardfs|moosefs|mfs|seaweed|weed|smb|nfs|goofys|blobfuse|alluxio|google-drive|onedrive/i;

/**
 * What `type` (of statfs) says; `mounted` is the type of the mount (`fuse.sshfs`), which only FUSE needs.
 *
 * 9P is how some containers show their own disk and how WSL shows Windows drives; FUSE and VirtualBox's folders can be
 * either, too. So they are not refused.
 */
export function localityOf(type: number, mounted: string): { kind: Locality; name: string } {
  const unsigned = type >>> 0;
  const name = NETWORK.get(unsigned);
  if (name !== undefined) return { kind: 'network', name };
  if (unsigned === V9FS) return { kind: 'unsure', name: '9P' };
  if (unsigned === VBOXSF) return { kind: 'unsure', name: "VirtualBox's shared folders" };
  if (unsigned !== FUSE) return { kind: 'local', name: mounted };
  if (REMOTE_FUSE.test(mounted)) return { kind: 'network', name: mounted };
  return { kind: /^(virtiofs|fuse\.(grpcfuse|osxfs))$/.test(mounted) ? 'unsure' : 'local', name: mounted };
}

/** Set to 1 by people who know that locks and shared memory work where their database lies. */
const OVERRIDE = 'HPO_ALLOW_NETWORK_FS';

/**
 * Rejects a folder on a network file system: SQLite's locks and its shared memory do not reach other machines, and a synced
 * write need not be on a disk. Checks only Linux, where the numbers are known.
 * @throws HpoError storage.network-fs (usage).
 */
export function refuseNetworkFs(folder: string, warn: (message: string) => void): void {
  if (process.platform !== 'linux') return;
  judge(folder, statfsSync(folder).type, warn);
}

/** Returns where a folder lies; null where this machine does not say it. */
export function localityOfFolder(folder: string): { kind: Locality; name: string } | null {
  if (process.platform !== 'linux') return null;
  const { type } = statfsSync(folder);
  return localityOf(type, type >>> 0 === FUSE ? mountType(folder) : '');
}

/** Decides by the kind of the file system, apart from the one call to the kernel. */
export function judge(folder: string, type: number, warn: (message: string) => void): void {
  const { kind, name } = localityOf(type, type >>> 0 === FUSE ? mountType(folder) : '');
  if (kind === 'local' || process.env[OVERRIDE] === '1') return;
  if (kind === 'unsure') {
    warn(
      `${folder} is on the file system ${name}, which may be a disk of another machine. If it is, put the database on a local disk with --storage (${OVERRIDE}=1 silences this)`,
    );
    return;
  }
  throw usageError(
    'storage.network-fs',
    `expected a folder on a local disk for the database, got ${folder}, which is on a network file system (${name})`,
    {
      fix: `name a file on a local disk, such as --storage sqlite:/var/tmp/hpo.db (trials and their logs stay here), or set ${OVERRIDE}=1 if only one machine ever opens it and its locks work`,
    },
  );
}

/** The type of the mount that holds a folder, by /proc/self/mountinfo; empty when it does not tell. */
function mountType(folder: string): string {
  try {
    const real = realpathSync(folder);
    let best = { point: '', type: '' };
    for (const line of readFileSync('/proc/self/mountinfo', 'utf8').split('\n')) {
      const [before = '', after = ''] = line.split(' - ');
      const point = (before.split(' ')[4] ?? '').replace(/\\(\d{3})/g, (_, octal: string) =>
        String.fromCharCode(Number.parseInt(octal, 8)),
      );
      const above = point === '/' || real === point || real.startsWith(`${point}/`);
      // Of two mounts on one point the later one hides the other.
      if (point !== '' && above && point.length >= best.point.length)
        best = { point, type: after.split(' ')[0] ?? '' };
    }
    return best.type;
  } catch {
    return '';
  }
}

import { describe, expect, test, vi } from 'vitest';
import { judge, localityOf, refuseNetworkFs } from '../../src/storage/network-filesystem.js';
import { folder } from './support.js';

describe('a network file system', () => {
  const said = (type: number) => {
    const warnings: string[] = [];
    judge('/data', type, (message) => warnings.push(message));
    return warnings;
  };
  const refused = { code: 'storage.network-fs', usage: true, fix: expect.stringContaining('--storage') };

  test.each([
    ['NFS', 0x6969],
    ['CIFS', 0xff534d42],
    // As statfs tells it where the number is taken for a signed one.
    ['CIFS', 0xff534d42 | 0],
    ['SMB', 0xfe534d42],
    ['Lustre', 0x0bd00bd0],
    ['GPFS', 0x47504653],
    ['CephFS', 0x00c36400],
  ])('%s is refused, with a way out', (name, type) => {
    expect(() => said(type)).toThrowError(expect.objectContaining(refused));
    expect(() => said(type)).toThrowError(`network file system (${name})`);
  });

  test.each([
    ['ext4', 0xef53],
    ['tmpfs', 0x01021994],
    ['btrfs', 0x9123683e],
    ['xfs', 0x58465342],
    ['overlayfs', 0x794c7630],
    ['zfs', 0x2fc12fc1],
  ])('%s is fine', (_, type) => {
    expect(said(type)).toEqual([]);
  });

  test('9P, which containers and WSL use for disks of all kinds, is warned about', () => {
    expect(said(0x01021997)).toEqual([expect.stringContaining('9P')]);
  });

  test('FUSE is judged by what is mounted', () => {
    const kind = (mounted: string) => localityOf(0x65735546, mounted).kind;
    expect(['fuse.sshfs', 'fuse.s3fs', 'fuse.glusterfs', 'fuse.rclone'].map(kind)).toEqual(
      Array(4).fill('network'),
    );
    expect(['fuseblk', 'fuse.fuse-overlayfs', 'fuse.mergerfs', 'fuse.ntfs-3g'].map(kind)).toEqual(
      Array(4).fill('local'),
    );
    expect(kind('virtiofs')).toBe('unsure');
  });

  test('is opened by those who say that they know better', () => {
    vi.stubEnv('HPO_ALLOW_NETWORK_FS', '1');
    expect(said(0x6969)).toEqual([]);
    vi.unstubAllEnvs();
  });

  test('the folder of this test is local, and the real call says so', async () => {
    const warnings: string[] = [];
    refuseNetworkFs(await folder(), (message) => warnings.push(message));
    expect(warnings).toEqual([]);
  });
});

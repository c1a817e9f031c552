import { describe, expect, it } from '@jest/globals'
import { processorsToUse } from '../../src/config/processors.ts'

const system =
  (files: Readonly<Record<string, string>>) =>
  (path: string): string | undefined =>
    files[path]

const UNIFIED = { '/proc/self/cgroup': '0::/system.slice/kirin.service\n' }
const OLDER = { '/proc/self/cgroup': '4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n0::/init\n' }

describe('processorsToUse', () => {
  it.each([
    ['no control group', {}, 8],
    ['no quota', { ...UNIFIED, '/sys/fs/cgroup/system.slice/kirin.service/cpu.max': 'max 100000\n' }, 8],
    ['a quota', { ...UNIFIED, '/sys/fs/cgroup/system.slice/kirin.service/cpu.max': '250000 100000\n' }, 2],
    ['less than one processor', { ...UNIFIED, '/sys/fs/cgroup/system.slice/kirin.service/cpu.max': '50000 100000' }, 1],
    ['more than there are', { ...UNIFIED, '/sys/fs/cgroup/system.slice/kirin.service/cpu.max': '1600000 100000' }, 8],
    [
      'a quota of a group above',
      {
        ...UNIFIED,
        '/sys/fs/cgroup/system.slice/kirin.service/cpu.max': '800000 100000',
        '/sys/fs/cgroup/system.slice/cpu.max': '300000 100000',
      },
      3,
    ],
    [
      'a container, whose group is the root',
      { '/proc/self/cgroup': '0::/\n', '/sys/fs/cgroup/cpu.max': '400000 100000' },
      4,
    ],
    [
      'version 1',
      {
        ...OLDER,
        '/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us': '200000\n',
        '/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us': '100000\n',
      },
      2,
    ],
    [
      'version 1 in a container, where the path leads nowhere',
      {
        ...OLDER,
        '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '500000\n',
        '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
      },
      5,
    ],
    [
      'version 1 without a limit',
      {
        ...OLDER,
        '/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_quota_us': '-1\n',
        '/sys/fs/cgroup/cpu,cpuacct/docker/abc/cpu.cfs_period_us': '100000\n',
      },
      8,
    ],
  ])('of eight, with %s', (_, files, expected) => {
    expect(processorsToUse(8, system(files))).toBe(expected)
  })

  it('is at least one here', () => {
    expect(processorsToUse()).toBeGreaterThanOrEqual(1)
  })
})

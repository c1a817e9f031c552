import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { afterAll, describe, expect, it } from '@jest/globals'
import { processorsToUse } from '../../src/config/processors.ts'
import { findProgram, itAsRoot } from '../support/available.ts'
import { applicationDirectory, HELLO, runKirin } from '../support/kirin-process.ts'

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

/** Says how many workers a kirin would start whose process this line of a shell has prepared; `$0` is its directory. */
async function automatic(preparation: string, launcher: readonly string[] = []): Promise<string | undefined> {
  const cwd = applicationDirectory({ 'app.mjs': HELLO, 'groups/cpu.max': '150000 100000\n' })
  const shell = [...launcher, 'sh', '-c', `${preparation} && exec "$@"`, cwd]
  const { stdout } = await runKirin(['--workers', 'auto', '--print-config', 'app.mjs'], { cwd, launcher: shell })
  return /^workers +(\d+) /m.exec(stdout)?.[1]
}

/** A group of version 1 with the quota of one processor, where this system has such and lets us make one. */
function limitedGroup(): string | undefined {
  const group = `/sys/fs/cgroup/cpu/kirin-test-${process.pid}`
  try {
    mkdirSync(group)
    writeFileSync(`${group}/cpu.cfs_period_us`, '100000')
    writeFileSync(`${group}/cpu.cfs_quota_us`, '100000')
    return group
  } catch {
    return undefined
  }
}

describe('--workers auto, where there are several processors', () => {
  const group = limitedGroup()
  afterAll(() => {
    if (group !== undefined) rmdirSync(group)
  })

  const itHere = availableParallelism() > 1 ? itAsRoot : it.skip
  const itWithMounts = findProgram('unshare') === undefined ? it.skip : itHere
  const itWithGroups = group === undefined ? it.skip : itHere

  it('is their number without a quota', async () => {
    expect(await automatic(':')).toBe(String(processorsToUse()))
  })

  // In a mount namespace of its own, for which alone these are the system's groups.
  itWithMounts('is what a quota is worth as version 2 of control groups shows it', async () => {
    expect(await automatic('mount --bind "$0/groups" /sys/fs/cgroup', ['unshare', '--mount'])).toBe('1')
  })

  itWithGroups('is the quota of a real group of version 1', async () => {
    expect(await automatic(`echo $$ > ${group}/cgroup.procs`)).toBe('1')
  })
})

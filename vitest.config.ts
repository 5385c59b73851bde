import { createHash } from 'node:crypto'
import { defaultServerConditions } from 'vite'
import { configDefaults, defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

// In tests the packages resolve to their sources, as they do for the compiler.
const conditions = ['@keyporter/source', ...defaultServerConditions]

const exclude = [...configDefaults.exclude, '**/dist/**']
const browserTests = 'test/console/**/*.test.ts'
const runOnce = '**/*.once.test.ts'
const serverTests = ['packages/server/**/*.test.ts', 'test/**/*.test.ts']

// docs/testing.md says which tests belong to which project, and why.
const projects = {
  console: { include: [browserTests] },
  postgres: {
    include: serverTests,
    exclude: [browserTests, runOnce],
    env: { KEYPORTER_TEST_STORE: 'postgres' },
  },
  sqlite: {
    include: serverTests,
    exclude: [browserTests],
    env: { KEYPORTER_TEST_STORE: 'sqlite' },
  },
  packages: { include: ['packages/!(server)/**/*.test.ts'] },
}

/** Random order within each project: a worker restarts when it changes to another project. */
class RandomWithinProjects extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { seed } = this.ctx.config.sequence
    const names = Object.keys(projects)
    const key = ({ project, moduleId }: TestSpecification) => {
      const random = createHash('sha256').update(`${seed} ${moduleId}`).digest('hex')
      return `${names.indexOf(project.name)} ${random}`
    }
    return files.toSorted((a, b) => (key(a) < key(b) ? -1 : 1))
  }
}

const isRandom = process.argv.includes('--sequence.shuffle.files')

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    pool: 'forks',
    execArgv: [
      '--conditions=@keyporter/source',
      '--max-semi-space-size=64',
      '--single-threaded-gc',
    ],
    // The files of a project share the modules that a worker has loaded: loading them takes longer than most tests.
    isolate: false,
    experimental: { viteModuleRunner: false },
    // Of three workers one usually waits: for a browser, a database or a process.
    maxWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    ...(isRandom ? { sequence: { sequencer: RandomWithinProjects } } : {}),
    // Faster tests take one line of output for their file.
    slowTestThreshold: 10_000,
    projects: Object.entries(projects).map(([name, project]) => ({
      extends: true as const,
      test: {
        env: {},
        ...project,
        name,
        exclude: [...exclude, ...('exclude' in project ? project.exclude : [])],
      },
    })),
  },
})

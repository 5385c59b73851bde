import { defaultServerConditions } from 'vite'
import { configDefaults, defineConfig } from 'vitest/config'

// In tests the packages resolve to their sources, as they do for the compiler.
const conditions = ['@keyporter/source', ...defaultServerConditions]

const onEveryStore = ['packages/server/**/*.test.ts', 'test/**/*.test.ts']
const runOnce = '**/*.once.test.ts'
const exclude = [...configDefaults.exclude, '**/dist/**']

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    pool: 'forks',
    // Of three, one waits most of the time: for a browser, a database, or a clock.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // What comes a moment later comes later still on a machine that is busy.
    expect: { poll: { timeout: 5_000 } },
    // Below this a test file is one line of output.
    slowTestThreshold: 10_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'sqlite',
          include: ['packages/**/*.test.ts', 'test/**/*.test.ts'],
          exclude,
          env: { KEYPORTER_TEST_STORE: 'sqlite' },
        },
      },
      {
        extends: true,
        test: {
          name: 'postgres',
          include: onEveryStore,
          exclude: [...exclude, runOnce],
          env: { KEYPORTER_TEST_STORE: 'postgres' },
        },
      },
    ],
  },
})

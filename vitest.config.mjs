import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.{ts,tsx}'],
    exclude: ['test/e2e/**'],
    // Generous, so that a loaded machine does not fail a test; no test asserts time.
    testTimeout: 30_000,
  },
});

import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // the libraries' modules name each other in ways that Node alone does not follow
    server: { deps: { inline: [/@grafana/] } },
  },
});

// Builds one script and one style sheet, preview.js and preview.css in generator/pbmon/preview/assets/.
// Parts of Grafana's libraries that a page of pictures never reaches are left out.
import path from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';
import { licences } from './licences.ts';

const here = import.meta.dirname;

interface Replacement {
  module: RegExp;
  importer: RegExp;
  by: string;
}

const NOTHING = '\0nothing';
const NO_SERVER = '\0no-server';
const replacements: Replacement[] = [
  { module: /(^|\/)fonts\.mjs$/, importer: /GlobalStyles/, by: path.join(here, 'src/fonts.ts') },
  {
    module: /(ReactMonacoEditor|CodeMirrorEditor|CodeEditor|OpenLayersProvider)\.mjs$/,
    importer: /@grafana\/(ui|data)/,
    by: NOTHING,
  },
  {
    module: /data\/packed\/latest\.json$/,
    importer: /moment-timezone/,
    by: path.join(here, 'src/utc.json'),
  },
  { module: /^i18next-pseudo$/, importer: /@grafana\/i18n/, by: NOTHING },
  { module: /^react-dom\/server$/, importer: /@grafana\/ui/, by: NO_SERVER },
];

const leaveOut: Plugin = {
  name: 'leave-out',
  enforce: 'pre',
  resolveId(id, importer) {
    return (
      replacements.find((each) => importer && each.module.test(id) && each.importer.test(importer))
        ?.by ?? null
    );
  },
  load(id) {
    if (id === NO_SERVER) {
      return 'export default { renderToStaticMarkup: () => "", renderToString: () => "" };';
    }
    if (id === NOTHING) {
      const names = ['ReactMonacoEditor', 'CodeMirrorEditor', 'CodeEditor', 'OpenLayersProvider'];
      return `const Nothing = () => null; export default Nothing; ${names
        .map((name) => `export { Nothing as ${name} };`)
        .join(' ')}`;
    }
    return null;
  },
};

export default defineConfig({
  plugins: [leaveOut, react(), licences()],
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: path.join(here, '../generator/pbmon/preview/assets'),
    emptyOutDir: false,
    assetsInlineLimit: 1e8,
    cssCodeSplit: false,
    modulePreload: false,
    chunkSizeWarningLimit: 9000,
    rollupOptions: {
      input: path.join(here, 'src/main.tsx'),
      output: {
        codeSplitting: false,
        entryFileNames: 'preview.js',
        assetFileNames: 'preview.[ext]',
      },
    },
  },
  resolve: { dedupe: ['react', 'react-dom', '@grafana/data', '@grafana/schema', '@grafana/i18n'] },
});

// Writes LICENSES.txt: every package that is in the script, under which licence, and its text.
import fs from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';

interface Package {
  name: string;
  version: string;
  licence: string;
  text: string;
}

/** The folder of a package that holds the module, the innermost. */
function folderOf(module: string): string | undefined {
  const match = /^(.*\/node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(module.replace(/^\0/, ''));
  return match?.[1];
}

/** Packages whose archive names no licence file; their package.json says which it is. */
function textOf(folder: string): string {
  const names = fs.readdirSync(folder).sort();
  const name = names.find((each) => /^(un)?licen[cs]e|^copying|^ofl/i.test(each));
  const file = name && path.join(folder, name);
  return file && fs.statSync(file).isFile() ? fs.readFileSync(file, 'utf8').trim() : '';
}

function packageOf(folder: string): Package {
  const read = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'));
  const licence = read.license?.type ?? read.license ?? read.licenses?.[0]?.type;
  if (!licence) throw new Error(`${read.name} names no licence`);
  return { name: read.name, version: read.version, licence, text: textOf(folder) };
}

function written(packages: Package[]): string {
  const list = packages.map(({ name, version, licence }) => `${name} ${version}: ${licence}`);
  const byText = new Map<string, string[]>();
  for (const { name, text } of packages) {
    if (text) byText.set(text, [...(byText.get(text) ?? []), name]);
  }
  const texts = [...byText].map(([text, names]) => `${names.join(', ')}\n\n${text}`);
  const head = 'Packages of others in preview.js. DOMPurify is used under Apache-2.0.';
  const rule = `\n\n${'-'.repeat(72)}\n\n`;
  return `${[`${head}\n\n${list.join('\n')}`, ...texts].join(rule)}\n`;
}

export function licences(): Plugin {
  return {
    name: 'licences',
    generateBundle(_options, bundle) {
      const modules = Object.values(bundle).flatMap((each) =>
        each.type === 'chunk' ? Object.keys(each.modules) : [],
      );
      const folders = new Set(modules.map(folderOf).filter((each) => each !== undefined));
      const packages = [...folders].map(packageOf);
      packages.sort((one, other) => (one.name + one.version < other.name + other.version ? -1 : 1));
      this.emitFile({ type: 'asset', fileName: 'LICENSES.txt', source: written(packages) });
    },
  };
}

// Prints what Grafana knows by name, as JSON: units, reducers, transformations, matchers, colour
// modes, and some settings of fields. Its source is the packages that Grafana publishes; the
// version is pinned in generator/pbmon/checks/dashboards/grafana/registries.json.
//
//   npm install --prefix FOLDER --ignore-scripts @grafana/data@13.2.3 @grafana/schema@13.2.3
//   node scripts/grafana_registries.cjs FOLDER \
//     > generator/pbmon/checks/dashboards/grafana/registries.json
"use strict";

const { createRequire } = require("node:module");
const path = require("node:path");

// The packages are written for browsers: without this, they fail while they are loaded. Their ES
// modules do not load in Node at all, so this file is CommonJS.
globalThis.navigator ??= { language: "en-US", languages: ["en-US"] };

const packages = createRequire(path.resolve(process.argv[2] ?? ".", "package.json"));
const data = packages("@grafana/data");
const schema = packages("@grafana/schema");

const sorted = (names) => [...new Set(names)].sort();
const ids = (registry) => sorted(registry.list().map((entry) => entry.id));
const values = (enumeration) => sorted(Object.values(enumeration));

const reducers = data.fieldReducers.list();
const table = {
  source: Object.fromEntries(
    ["@grafana/data", "@grafana/schema"].map((name) => {
      // "exports" hides package.json from require
      const folder = packages.resolve(name).split(path.join("", "dist", ""))[0];
      const { version, license } = packages(path.join(folder, "package.json"));
      return [name, { version, license }];
    }),
  ),
  units: sorted(Object.keys(data.getValueFormatterIndex())),
  reducers: Object.fromEntries(reducers.map(({ id, name }) => [id, name])),
  reducerAliases: Object.fromEntries(
    // an entry may name itself as its alias
    reducers.flatMap(({ id, aliasIds = [] }) =>
      aliasIds.filter((alias) => alias !== id).map((alias) => [alias, id]),
    ),
  ),
  // Grafana itself registers more transformations than the package holds; all have their id there.
  transformations: values(data.DataTransformerID),
  fieldMatchers: ids(data.fieldMatchers),
  frameMatchers: ids(data.frameMatchers),
  valueMatchers: ids(data.valueMatchers),
  colorModes: ids(data.fieldColorModeRegistry),
  mappingTypes: values(data.MappingType),
  specialValues: values(data.SpecialValueMatch),
  thresholdModes: values(data.ThresholdsMode),
  drawStyles: values(schema.GraphDrawStyle),
  cellTypes: values(schema.TableCellDisplayMode),
};
process.stdout.write(`${JSON.stringify(table, null, 1)}\n`);

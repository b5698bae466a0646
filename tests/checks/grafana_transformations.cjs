// Reads [{frames: [{refId, fields: [name]}], steps: [transformation]}] and prints, for each, the
// fields before any step and behind each: [[name, name that is shown]], or the error as text.
"use strict";

const { createRequire } = require("node:module");
const path = require("node:path");

// both are missing in Node; the second may come only after the package was loaded
globalThis.navigator ??= { language: "en-US", languages: ["en-US"] };
const data = createRequire(path.resolve(process.argv[2], "package.json"))("@grafana/data");
globalThis.window ??= {};

data.standardTransformersRegistry.setInit(() => [
  ...new Map(
    Object.values(data.standardTransformers).map((one) => [
      one.id,
      { id: one.id, aliasIds: one.aliasIds, name: one.name, transformation: async () => one },
    ]),
  ).values(),
]);

const TYPES = { Time: "time", Value: "number" };
const VALUES = { time: [1, 1], number: [1, 2], string: ["a", "b"] };

function frame({ refId, fields }) {
  const typed = fields.map((name) => ({ name, type: TYPES[name.split(" ")[0]] ?? "string" }));
  return data.toDataFrame({
    refId,
    fields: typed.map((field) => ({ ...field, config: {}, values: [...VALUES[field.type]] })),
  });
}

function behind(steps, frames) {
  return new Promise((resolve) => {
    data
      .transformDataFrame(structuredClone(steps), frames.map(frame), { interpolate: (text) => text })
      .subscribe({ next: (frames) => resolve(shown(frames)), error: (error) => resolve(`${error}`) });
  });
}

function shown(frames) {
  return frames.flatMap((one) =>
    one.fields.map((field) => [field.name, data.getFieldDisplayName(field, one, frames)]),
  );
}

(async () => {
  const cases = JSON.parse(require("node:fs").readFileSync(0, "utf8"));
  const printed = [];
  for (const { frames, steps } of cases) {
    const each = [];
    for (let count = 0; count <= steps.length; count++) {
      each.push(await behind(steps.slice(0, count), frames));
    }
    printed.push(each);
  }
  process.stdout.write(JSON.stringify(printed));
})();

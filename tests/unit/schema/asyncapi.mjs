// Reads an AsyncAPI document on stdin; writes what its own parser has against it, as JSON: [{severity, message, path}].
import { readFileSync } from "node:fs";
import { Parser } from "@asyncapi/parser";

// The form of an Avro schema is part of AsyncAPI's own schema and is checked; its meaning is checked in Python.
const avro = {
  validate: () => [],
  parse: (input) => input.data,
  getMimeTypes: () => ["application/vnd.apache.avro+json;version=1.9.0"],
};
const parser = new Parser({ schemaParsers: [avro] });
const { document, diagnostics } = await parser.parse(readFileSync(0, "utf8"));
const found = diagnostics.map(({ severity, message, path }) => ({ severity, message, path: path.join("/") }));
if (!document && !found.length) found.push({ severity: 0, message: "no document", path: "" });
process.stdout.write(JSON.stringify(found));

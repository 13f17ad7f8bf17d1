// A stored record's fields by the layout that its module publishes; the counterpart of RecordFields.cs.
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { keccak_256 } from "@noble/hashes/sha3.js";

const hex = (bytes) => "0x" + bytesToHex(bytes);
const fail = (why) => { throw new Error(why); };

/** EIP-55. */
function checksummed(bytes) {
  const digits = bytesToHex(bytes);
  const hash = bytesToHex(keccak_256(new TextEncoder().encode(digits)));
  return "0x" + [...digits].map((digit, i) => (parseInt(hash[i], 16) >= 8 ? digit.toUpperCase() : digit)).join("");
}

function elementary({ label }, bytes) {
  if (label === "address") return checksummed(bytes);
  if (label === "bool") return bytes.at(-1) !== 0 ? "true" : "false";
  if (label.startsWith("bytes")) return hex(bytes);
  const number = BigInt(hex(bytes));
  return (label.startsWith("int") ? BigInt.asIntN(bytes.length * 8, number) : number).toString();
}

class Reader {
  constructor(bytes) { this.rest = bytes; }

  take(size) {
    if (size > this.rest.length) fail("the record is shorter than its fields");
    const field = this.rest.slice(0, size);
    this.rest = this.rest.slice(size);
    return field;
  }

  count() {
    const [high, low] = this.take(2);
    return high * 256 + low;
  }
}

function read(types, id, name, reader, fields) {
  const type = types[id] ?? fail(`the layout does not know ${id}`);
  if (type.encoding === "bytes") {
    const bytes = reader.take(reader.count());
    fields.push([name, type.label === "string" ? new TextDecoder().decode(bytes) : hex(bytes)]);
  } else if (type.encoding === "dynamic_array") {
    const count = reader.count();
    if (count === 0) fields.push([name, "[]"]);
    for (let i = 0; i < count; i++) read(types, type.base, `${name}[${i}]`, reader, fields);
  } else if (type.members) {
    for (const member of type.members) read(types, member.type, `${name}.${member.label}`, reader, fields);
  } else {
    fields.push([name, elementary(type, reader.take(Number(type.numberOfBytes)))]);
  }
}

/** Names and values, in the record's order. */
export function decodeRecord(types, id, record) {
  const type = types[id] ?? fail(`the layout does not know ${id}`);
  const fields = [];
  if (type.encoding === "record") {
    const reader = new Reader(record);
    if (reader.take(1)[0] !== Number(type.version)) fail("the record is of another version");
    for (const member of type.members) read(types, member.type, member.label, reader, fields);
    if (reader.rest.length > 0) fail("the record is longer than its fields");
    return fields;
  }

  const word = hexToBytes(bytesToHex(record).padStart(64, "0"));
  for (const { label, offset, type: inner } of type.members ?? []) {
    const size = Number(types[inner].numberOfBytes);
    fields.push([label, elementary(types[inner], word.slice(32 - offset - size, 32 - offset))]);
  }
  return fields;
}

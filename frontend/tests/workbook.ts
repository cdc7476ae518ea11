// A workbook as somebody at a spreadsheet program leaves it: a cell is changed, all the rest stays as it came.
import { inflateRawSync } from "node:zlib";

/** A part of the archive, packed as it came; what was changed is not packed again. */
interface Part {
  name: string;
  method: number;
  crc: number;
  size: number;
  packed: Buffer;
}

/** Packed by deflating; 0 is not packed at all. */
const DEFLATED = 8;
/** The version of the format that both methods need: 2.0. */
const VERSION = 20;
/** Midnight of 1980-01-01, the first that an archive can say. */
const NO_TIME = 0x0021_0000;

export class Workbook {
  readonly #parts: Part[];

  constructor(archive: Buffer) {
    this.#parts = unpacked(archive);
  }

  /** The text in the column with this heading, in the first row that has `key` in its first column. */
  cell(sheet: string, key: string, heading: string): string {
    const { xml, at } = this.#find(sheet, key, heading);
    const found = new RegExp(`<c r="${at}"[^>]*>.*?<t[^>]*>(.*?)</t>`).exec(xml);
    return found?.[1] ?? "";
  }

  /** Writes a text there, over what stood there. */
  write(sheet: string, key: string, heading: string, text: string): void {
    const { part, xml, at } = this.#find(sheet, key, heading);
    const cell = new RegExp(`<c r="${at}"( s="\\d+")?[^>]*?(?:/>|>.*?</c>)`);
    if (!cell.test(xml)) throw new Error(`there is no cell ${at} to write over`);
    const inside = `t="inlineStr"><is><t>${text}</t></is></c>`;
    const written = xml.replace(cell, (_, style = "") => `<c r="${at}"${style} ${inside}`);
    const packed = Buffer.from(written, "utf8");
    Object.assign(part, { method: 0, crc: crc32(packed), size: packed.length, packed });
  }

  /** The first column of the first row after the headings. */
  firstKey(sheet: string): string {
    return this.#rows(this.#sheet(sheet))[1]?.[1] ?? "";
  }

  /** As a file. */
  bytes(): Buffer {
    const bodies: Buffer[] = [];
    const list: Buffer[] = [];
    let offset = 0;
    for (const part of this.#parts) {
      const name = Buffer.from(part.name, "utf8");
      const facts = Buffer.alloc(26);
      facts.writeUInt16LE(VERSION, 0);
      facts.writeUInt16LE(part.method, 4);
      facts.writeUInt32LE(NO_TIME, 6);
      facts.writeUInt32LE(part.crc, 10);
      facts.writeUInt32LE(part.packed.length, 14);
      facts.writeUInt32LE(part.size, 18);
      facts.writeUInt16LE(name.length, 22);
      const place = Buffer.alloc(14);
      place.writeUInt32LE(offset, 10);
      bodies.push(Buffer.from("PK\x03\x04"), facts, name, part.packed);
      list.push(Buffer.from("PK\x01\x02"), Buffer.from([VERSION, 0]), facts, place, name);
      offset += 4 + facts.length + name.length + part.packed.length;
    }
    const listed = Buffer.concat(list);
    const end = Buffer.alloc(18);
    end.writeUInt16LE(this.#parts.length, 4);
    end.writeUInt16LE(this.#parts.length, 6);
    end.writeUInt32LE(listed.length, 8);
    end.writeUInt32LE(offset, 12);
    return Buffer.concat([...bodies, listed, Buffer.from("PK\x05\x06"), end]);
  }

  #part(name: string): Part {
    const part = this.#parts.find((part) => part.name === name);
    if (!part) throw new Error(`the workbook has no ${name}`);
    return part;
  }

  #sheet(sheet: string): Part {
    const id = new RegExp(`<sheet name="${sheet}"[^>]* r:id="(\\w+)"`).exec(text(this.#part("xl/workbook.xml")))?.[1];
    const related = text(this.#part("xl/_rels/workbook.xml.rels"));
    const target = new RegExp(`<Relationship Id="${id}"[^>]* Target="([^"]+)"`).exec(related)?.[1];
    return this.#part(`xl/${target}`);
  }

  /** The number of each row and the text of its first cell. */
  #rows(part: Part): [string, string][] {
    const first = text(part).matchAll(/<c r="A(\d+)"[^>]*><is><t[^>]*>(.*?)<\/t>/g);
    return [...first].map(([, row = "", key = ""]) => [row, key]);
  }

  #find(sheet: string, key: string, heading: string): { part: Part; xml: string; at: string } {
    const part = this.#sheet(sheet);
    const xml = text(part);
    const row = this.#rows(part).find(([, first]) => first === key)?.[0];
    const column = new RegExp(`<c r="([A-Z]+)1"[^>]*><is><t[^>]*>${heading} `).exec(xml)?.[1];
    if (!row || !column) throw new Error(`${sheet} has no row ${key} or no column ${heading}`);
    return { part, xml, at: `${column}${row}` };
  }
}

function unpacked(archive: Buffer): Part[] {
  const end = archive.lastIndexOf("PK\x05\x06");
  let at = archive.readUInt32LE(end + 16);
  return Array.from({ length: archive.readUInt16LE(end + 10) }, () => {
    const long = archive.readUInt16LE(at + 28);
    const name = archive.toString("utf8", at + 46, at + 46 + long);
    const local = archive.readUInt32LE(at + 42);
    const from = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const part = {
      name,
      method: archive.readUInt16LE(at + 10),
      crc: archive.readUInt32LE(at + 16),
      size: archive.readUInt32LE(at + 24),
      packed: archive.subarray(from, from + archive.readUInt32LE(at + 20)),
    };
    at += 46 + long + archive.readUInt16LE(at + 30) + archive.readUInt16LE(at + 32);
    return part;
  });
}

function text({ method, packed }: Part): string {
  return (method === DEFLATED ? inflateRawSync(packed) : packed).toString("utf8");
}

/** The check sum of the format (ISO 3309), bit by bit: Node has had one of its own only since 20.15. */
function crc32(bytes: Buffer): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  }
  return ~crc >>> 0;
}

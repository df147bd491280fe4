// Workbooks: reads cell values of those that the server makes, writes messy ones such as people send.
import { unzip, zip } from './zip.mjs';

const ENTITIES = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const plain = (xml) => xml.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, number, name) =>
  hex ? String.fromCodePoint(parseInt(hex, 16)) : number ? String.fromCodePoint(Number(number)) : (ENTITIES[name] ?? whole));
const escape = (text) => text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]);
const texts = (xml) => [...xml.matchAll(/<t(?:\s[^>]*)?(?:\/>|>([^]*?)<\/t>)/g)].map((one) => plain(one[1] ?? '')).join('');

const columnOf = (reference) => [...reference.replace(/\d+/, '')].reduce((n, c) => n * 26 + c.charCodeAt(0) - 64, 0) - 1;
const nameOf = (column) => (column >= 26 ? nameOf(Math.floor(column / 26) - 1) : '') + String.fromCharCode(65 + (column % 26));

/** [{name, rows}] of every sheet; a row is an array of strings and numbers, '' where a cell is empty. */
export function readWorkbook(bytes) {
  const files = unzip(bytes);
  const text = (name) => files[name]?.toString('utf8') ?? '';
  const shared = [...text('xl/sharedStrings.xml').matchAll(/<si(?:\s[^>]*)?>([^]*?)<\/si>/g)].map((one) => texts(one[1]));
  const targets = Object.fromEntries([...text('xl/_rels/workbook.xml.rels').matchAll(/<Relationship\s[^>]*>/g)].map(([tag]) =>
    [/\bId="([^"]*)"/.exec(tag)[1], /\bTarget="([^"]*)"/.exec(tag)[1].replace(/^\/?(xl\/)?/, 'xl/')]));
  return [...text('xl/workbook.xml').matchAll(/<sheet\s[^>]*>/g)].map(([tag]) => ({
    name: plain(/\bname="([^"]*)"/.exec(tag)[1]),
    rows: sheetRows(text(targets[/\br:id="([^"]*)"/.exec(tag)[1]]), shared),
  }));
}

function sheetRows(xml, shared) {
  const rows = [];
  for (const [, attributes, inner] of xml.matchAll(/<row\s([^>]*?)(?:\/>|>([^]*?)<\/row>)/g)) {
    const row = (rows[Number(/\br="(\d+)"/.exec(attributes)[1]) - 1] = []);
    for (const [, cell, content] of (inner ?? '').matchAll(/<c\s([^>]*?)(?:\/>|>([^]*?)<\/c>)/g)) {
      const value = /<v>([^]*?)<\/v>/.exec(content ?? '')?.[1];
      const type = /\bt="(\w+)"/.exec(cell)?.[1] ?? 'n';
      const read = { s: () => shared[Number(value)], inlineStr: () => texts(content), str: () => plain(value ?? ''), n: () => (value === undefined ? '' : Number(value)) };
      row[columnOf(/\br="([A-Z]+)\d+"/.exec(cell)[1])] = (read[type] ?? (() => value))();
    }
  }
  return Array.from(rows, (row) => Array.from(row ?? [], (cell) => cell ?? ''));
}

/** A date cell: the serial number that Excel keeps, shown by the date style of `writeWorkbook`. */
export const day = (year, month, date) => ({ serial: Math.round(Date.UTC(year, month - 1, date) / 86_400_000) + 25_569 });

/** A workbook of [{name, rows, merges?}]; cells are strings, numbers, `day(…)` or null. */
export function writeWorkbook(sheets) {
  const cell = (value, row, column) => {
    const at = `${nameOf(column)}${row + 1}`;
    if (value === null || value === undefined || value === '') return '';
    if (typeof value === 'number') return `<c r="${at}"><v>${value}</v></c>`;
    if (typeof value === 'object') return `<c r="${at}" s="1"><v>${value.serial}</v></c>`;
    return `<c r="${at}" t="inlineStr"><is><t xml:space="preserve">${escape(value)}</t></is></c>`;
  };
  const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main';
  const offices = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';
  const packages = 'http://schemas.openxmlformats.org/package/2006';
  const files = {
    '[Content_Types].xml': `${head}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>${sheets.map((_, n) => `<Override PartName="/xl/worksheets/sheet${n + 1}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>`).join('')}</Types>`,
    '_rels/.rels': `${head}<Relationships xmlns="${packages}/relationships"><Relationship Id="rId1" Type="${offices}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
    'xl/workbook.xml': `${head}<workbook xmlns="${main}" xmlns:r="${offices}"><sheets>${sheets.map(({ name }, n) => `<sheet name="${escape(name)}" sheetId="${n + 1}" r:id="rId${n + 1}"/>`).join('')}</sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `${head}<Relationships xmlns="${packages}/relationships">${sheets.map((_, n) => `<Relationship Id="rId${n + 1}" Type="${offices}/worksheet" Target="worksheets/sheet${n + 1}.xml"/>`).join('')}<Relationship Id="rIdStyles" Type="${offices}/styles" Target="styles.xml"/></Relationships>`,
    'xl/styles.xml': `${head}<styleSheet xmlns="${main}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`,
  };
  sheets.forEach(({ rows, merges = [] }, n) => {
    const body = rows.map((row, r) => `<row r="${r + 1}">${row.map((value, c) => cell(value, r, c)).join('')}</row>`).join('');
    const merged = merges.length ? `<mergeCells count="${merges.length}">${merges.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells>` : '';
    files[`xl/worksheets/sheet${n + 1}.xml`] = `${head}<worksheet xmlns="${main}"><sheetData>${body}</sheetData>${merged}</worksheet>`;
  });
  return zip(files);
}

// A roster as people really keep it: titles and merged cells above the header, split names, every way to write a date, lost zeros,
// capitals, decomposed letters, double spaces, blank rows, a totals row, a duplicate, a second sheet.
import { day, writeWorkbook } from './xlsx.mjs';

/** What a careful person reads in the messy sheet: [name, born, phone, workplace]. */
export const PEOPLE = [
  ['Nguyễn Thị Ánh Tuyết', '1971-03-09', '0912345671', 'Trường THPT Bình Minh'],
  ['Trần Đức Lương Bằng', '1968', '0912345672', 'Sở Công Thương'],
  ['Lê Hoàng Gia Khiêm', '1985-05', '0912345673', 'Công ty Điện lực Hòa Giang'],
  ['Phạm Thị Mỹ Duyên Anh', '1990-12-31', '0912345674', 'Bưu điện tỉnh Hòa Giang'],
  ['Đỗ Văn Quyết Chiến', '1979-01-02', '0912345675', 'Kho bạc Nhà nước khu vực 9'],
  ['Hoàng Thị Diệu Ái', '1964', '0912345676', 'Bệnh viện Đa khoa tỉnh Hòa Giang'],
  ['Vũ Trường Sơn Hải', '1977-07-27', '0912345677', 'Ngân hàng CSXH chi nhánh Hòa Giang'],
  ['Bùi Thị Như Ý Lan', '1982-11-20', '0912345678', 'Báo Hòa Giang'],
];

export function messyWorkbook() {
  const split = (name) => [name.slice(0, name.lastIndexOf(' ')), name.slice(name.lastIndexOf(' ') + 1)];
  const [tuyet, bang, khiem, anh, chien, ai, hai, lan] = PEOPLE.map(([name]) => split(name));
  const rows = [
    ['ĐẢNG BỘ PHƯỜNG AN HÒA', null, null, null, 'ĐẢNG CỘNG SẢN VIỆT NAM'],
    ['CHI BỘ KHU PHỐ 3'],
    [],
    ['DANH SÁCH ĐẢNG VIÊN ĐANG CÔNG TÁC (mẫu tự làm, tháng 11)'],
    ['(Kèm theo công văn của chi bộ)'],
    [],
    ['STT', 'Họ đệm', 'Tên', 'Ngày sinh', 'Nơi công tác', 'Số điện thoại', 'Ghi chú'],
    [1, tuyet[0].toUpperCase(), tuyet[1].toUpperCase(), day(1971, 3, 9), PEOPLE[0][3], 912345671, null],
    [2, `  ${bang[0].replace(' ', '   ')}`, bang[1], 1968, PEOPLE[1][3], 912345672, null],
    [3, khiem[0].normalize('NFD'), khiem[1].normalize('NFD'), '05/1985', PEOPLE[2][3], '0912 345 673', null],
    [],
    [4, anh[0], anh[1], '31/12/1990', PEOPLE[3][3], '0912.345.674', 'mới chuyển về'],
    [5, chien[0], chien[1], '2/1/1979', PEOPLE[4][3], '+84912345675', null],
    [6, ai[0], ai[1], '1964', PEOPLE[5][3], 912345676, null],
    [7, hai[0], hai[1], day(1977, 7, 27), PEOPLE[6][3], 912345677, null],
    [8, lan[0], lan[1], '20-11-1982', PEOPLE[7][3], 912345678, null],
    [9, hai[0], hai[1], day(1977, 7, 27), PEOPLE[6][3], 912345677, 'ghi trùng'],
    ['Tổng cộng', null, 9],
  ];
  return writeWorkbook([
    { name: 'Danh sách', rows, merges: ['A1:C1', 'E1:G1', 'A2:C2', 'A4:G4', 'A5:G5'] },
    { name: 'Ghi chú', rows: [['Người lập: chi ủy'], ['Ngày 20/11']] },
  ]);
}

/** The first bytes of what Excel writes when a workbook has a password: an OLE container, no zip. */
export function encryptedWorkbook() {
  const bytes = Buffer.alloc(4096);
  Buffer.from('d0cf11e0a1b11ae1', 'hex').copy(bytes);
  bytes.writeUInt16LE(0x3e, 24);
  bytes.writeUInt16LE(3, 26);
  bytes.writeUInt16LE(0xfffe, 28);
  bytes.writeUInt16LE(9, 30);
  bytes.write('EncryptedPackage', 1024, 'utf16le');
  return bytes;
}

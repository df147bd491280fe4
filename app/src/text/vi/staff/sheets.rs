//! Texts of the slips that let people in: making the codes, and what stands on the paper.

use domain::enrol::{Access, NoCode};
use domain::time::Millis;

words! {
    QR_LABEL = "Hình vuông để quét bằng máy ảnh điện thoại";
    QR_TEXT = "Người đó đưa máy ảnh điện thoại vào hình vuông này, hoặc nhập mã:";
    ENROL_VOID = "Hủy mã chưa dùng";

    SHEETS = "Phiếu vào ứng dụng";
    SHEETS_LINK = "In phiếu vào ứng dụng";
    SHEETS_LEAD = "Mỗi người một phiếu: đưa máy ảnh điện thoại vào hình vuông trên phiếu là vào được. Giấy A4, mỗi tờ 8 phiếu.";
    SHEETS_WHO = "Làm phiếu cho ai?";
    SHEETS_OLD = "Mã phát trước cho những người này mà chưa dùng sẽ không dùng được nữa.";
    SHEETS_ONCE = "Mã mới chỉ hiện một lần: in hoặc lưu thành tệp PDF trước khi rời trang.";
    SHEETS_OFFLINE = "Làm phiếu cần có mạng";
    SHEETS_OFFLINE_TEXT = "Mã do máy chủ tạo nên cần có mạng. Chưa có gì thay đổi.";
    SHEETS_ALL_IN = "Mọi người trong danh sách đã vào ứng dụng trên máy của mình. Vẫn làm phiếu được cho người đổi máy: chọn Từng người.";
    SHEETS_MAKING = "Đang tạo mã…";
    SHEETS_TOO_MANY = "Nhiều nhất 500 phiếu một lần. Xin chọn bớt người rồi làm thêm lần nữa.";
    SHEETS_PICK = "Chọn từng người";
    SHEETS_UNUSED = "Mã đã phát mà chưa dùng";
    SHEETS_VOID = "Hủy hết mã chưa dùng";
    SHEETS_VOID_ASK = "Hủy hết mã chưa dùng của chi bộ?";
    SHEETS_VOID_TEXT = "Phiếu đã phát mà chưa dùng sẽ không vào được nữa. Người đã vào ứng dụng rồi không bị ảnh hưởng.";
    SHEETS_VOID_THESE = "Hủy các mã này";
    SHEETS_VOID_THESE_ASK = "Hủy các mã vừa tạo?";
    SHEETS_VOID_THESE_TEXT = "Dùng khi in hỏng hoặc thất lạc. Các phiếu này sẽ không vào được nữa.";
    SHEETS_PRINT = "In phiếu";
    SHEETS_MORE = "Làm phiếu khác";
    SHEETS_NONE = "Không có phiếu nào";
    SHEETS_SKIPPED = "Không làm phiếu được cho";

    SLIP_SCAN = "Mở máy ảnh điện thoại, đưa vào hình vuông, bấm dòng chữ hiện lên.";
    SLIP_GO = "Bấm nút Vào sổ. Lần sau không cần mã.";
    SLIP_CODE = "Mã";
}

/// A choice with its number.
#[must_use]
pub fn sheets_new(n: usize) -> String {
    format!("Người chưa vào lần nào ({n})")
}
/// A choice with its number.
#[must_use]
pub fn sheets_all(n: usize) -> String {
    format!("Tất cả ({n})")
}
/// A choice with its number.
#[must_use]
pub fn sheets_picked(n: usize) -> String {
    if n == 0 { "Từng người".to_owned() } else { format!("Từng người ({n})") }
}
/// The button that makes the codes.
#[must_use]
pub fn sheets_make(n: usize) -> String {
    if n == 0 { "Tạo phiếu".to_owned() } else { format!("Tạo {n} phiếu") }
}
/// What was made.
#[must_use]
pub fn sheets_made(slips: usize, pages: usize) -> String {
    format!("Đã tạo {slips} phiếu, {pages} tờ A4.")
}
/// While the pictures are drawn.
#[must_use]
pub fn sheets_drawing(ready: usize, pages: usize) -> String {
    format!("Đang vẽ tờ {ready} trên {pages}…")
}
/// A page of slips, for screen readers.
#[must_use]
pub fn sheet_page(n: usize, of: usize) -> String {
    format!("Tờ {n} trên {of}")
}
/// How many codes wait.
#[must_use]
pub fn sheets_waiting(n: usize) -> String {
    format!("{n} người có mã chưa dùng.")
}
/// Codes were ended.
#[must_use]
pub fn voided(codes: u64) -> String {
    if codes == 0 {
        "Không có mã nào chưa dùng.".to_owned()
    } else {
        format!("Đã hủy {codes} mã chưa dùng.")
    }
}
/// How somebody stands with the app, in a row.
#[must_use]
pub fn access(access: Access, code_until: Option<Millis>) -> String {
    let word = match access {
        Access::Never => "Chưa vào lần nào",
        Access::SignedIn => "Đã vào ứng dụng",
        Access::Off => "Tài khoản đang khóa",
    };
    match code_until {
        Some(until) => [word, " · có mã đến ", &until.date_vi()].concat(),
        None => word.to_owned(),
    }
}
/// Why somebody got no code.
#[must_use]
pub const fn no_code(why: NoCode) -> &'static str {
    match why {
        NoCode::Ended => "đã ra khỏi danh sách chi bộ",
        NoCode::AccountOff => "tài khoản đang khóa, xin nhờ người quản trị mở lại",
        NoCode::Beyond => "còn vai trò khác, xin nhờ người quản trị tạo mã",
    }
}
/// The third step on a slip.
#[must_use]
pub fn slip_type(address: &str) -> String {
    ["Không quét được thì mở ", address, ", nhập mã này:"].concat()
}
/// What tells people of one name apart.
#[must_use]
pub fn slip_born(born: Option<i32>, group: Option<&str>) -> Option<String> {
    let born = born.map(|year| ["sinh ", &year.to_string()].concat());
    let parts: Vec<&str> = [born.as_deref(), group].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(" · "))
}
/// Until when a slip is good: the last whole day, so that nobody comes on a day that is half over.
#[must_use]
pub fn slip_until(expires: Millis) -> String {
    ["dùng đến hết ", &expires.plus(-Millis::DAY).date_vi()].concat()
}

//! Texts of what is done at a desk: the ward's overview and reports, and the import of a roster.

use domain::roster::Counts;
use domain::time::{HalfYear, Millis};

words! {
    // ward
    OVERVIEW = "Tổng quan";
    CELLS = "Chi bộ";
    MEMBERS = "Đảng viên";
    MEETINGS = "Buổi họp";
    RATE = "Tỷ lệ dự họp gần nhất";
    RATE_SHORT = "Tỷ lệ";
    RATE_BY_CELL = "Dự họp theo chi bộ";
    RATE_TEXT = "Buổi họp đã kết thúc gần nhất của mỗi chi bộ. Người được miễn không tính vào số phải dự.";
    CELLS_MET = "Chi bộ đã họp";
    OPEN_NOW = "Đang họp";
    SILENT_PHONES = "Máy lâu không liên lạc";
    SILENT_SINCE = "từ 14 ngày trở lên";
    NEVER_SEEN = "Chưa liên lạc lần nào";
    MET = "Đã họp kỳ này";
    NOT_MET = "Chưa họp kỳ này";
    LAST_MEETING = "Họp gần nhất";
    NEXT_MEETING = "Họp sắp tới";
    TABLE = "Bảng số liệu";
    NO_CELLS = "Chưa có chi bộ nào";
    NO_CELLS_TEXT = "Chi bộ do người quản trị lập.";
    SEARCH_CELL = "Tìm chi bộ";
    NO_CELL_FOUND = "Không tìm thấy chi bộ nào.";
    UNKNOWN_CELL = "Không có chi bộ này";
    SHOW_MEMBERS = "Xem đảng viên";
    MEMBERS_ONLINE = "Danh sách tên chỉ mở khi cần, và cần có mạng.";
    MATRIX = "Bảng dự họp";
    MATRIX_EMPTY = "Chưa có buổi họp nào để so";
    MATRIX_EMPTY_TEXT = "Bảng có sau buổi họp đầu tiên.";
    CAME = "Dự";
    PRESENT_OF_EXPECTED = "Có mặt / phải dự";
    MEETING_LIST = "Danh sách dự họp";
    HELD = "Đang chờ xem lại";
    HELD_TEXT = "Máy chủ đã nhận nhưng chưa tính. Mở lại buổi họp thì các điểm danh đến muộn được tính.";
    EXPORT_XLSX = "Tải Excel";
    EXPORT_CSV = "Tải CSV";
    REPORT_OFFLINE = "Báo cáo này chưa có trên máy";
    CALL_OFFLINE = "Không có mạng hoặc mạng quá yếu. Xin thử lại.";
    CALL_STRANGE = "Câu trả lời không phải của máy chủ. Nếu đang dùng Wi-Fi công cộng, xin đăng nhập Wi-Fi rồi thử lại.";
    STALE_OFFLINE = "Đang không có mạng. ";
    STALE_ERROR = "Chưa lấy được số mới. ";
    TODO = "Việc cần làm";
    TODO_NOTHING = "Không có việc nào cần làm";
    TODO_NOTHING_TEXT = "Các chi bộ đã họp kỳ này và các máy đều liên lạc.";
    TODO_NOT_MET = "Chi bộ chưa họp kỳ này";
    TODO_NOT_MET_TEXT = "Mỗi năm họp hai kỳ.";
    TODO_FORGOTTEN = "Điểm danh chưa kết thúc";
    TODO_FORGOTTEN_TEXT = "Buổi họp mở đã lâu. Nhắc bí thư kết thúc để số liệu được chốt.";
    TODO_UNMARKED = "Còn người chưa điểm danh";
    TODO_UNMARKED_TEXT = "Buổi họp đã kết thúc mà còn người chưa ai ghi gì.";
    TODO_PHONES_TEXT = "Có thể máy còn giữ điểm danh chưa gửi. Nhắc người dùng mở ứng dụng khi có mạng.";
    NOTHING_PLANNED = "Chưa lập buổi họp";

    // import
    IMPORT_TITLE = "Nhập danh sách";
    MAY_NOT_IMPORT = "Tài khoản này không nhập được danh sách của chi bộ này";
    FILE_CHOOSE = "Chọn tệp";
    FILE_LABEL = "Tệp Excel (.xlsx) hoặc CSV, tối đa 5 MB";
    FILE_TEXT = "Dùng tệp đang có, không cần sửa lại mẫu.";
    FILE_HINT_HEAD = "Dòng tên bảng, ô gộp, dòng cộng ở cuối đều được.";
    FILE_HINT_NAMES = "Cần có cột họ tên. Có thêm ngày sinh, nơi công tác thì ít nhầm người trùng tên.";
    FILE_HINT_NOTHING = "Chọn tệp xong chỉ là xem trước. Bấm ghi mới vào danh sách.";
    FILE_OTHER = "Chọn tệp khác";
    FILE_NAME = "Tệp:";
    FILE_EMPTY = "Tệp này trống, không có gì để đọc. Xin chọn tệp khác.";
    FILE_TOO_LARGE = "Tệp lớn hơn 5 MB. Xin bỏ bớt hình ảnh hoặc trang không cần rồi chọn lại.";
    UPLOADING = "Đang gửi tệp lên…";
    READING_FILE = "Đang đọc tệp…";
    READING = "Đang đọc lại…";
    WRITING = "Đang ghi vào danh sách…";
    IMPORT_STOPPED = "Đã dừng. Chưa có gì được ghi.";
    IMPORT_OFFLINE = "Nhập danh sách cần có mạng";
    SHEET = "Trang tính";
    COLUMN = "Cột";
    COLUMNS_ASK = "Chưa nhận ra cột họ tên. Xin chọn cột nào là họ tên, ngày sinh…";
    COLUMNS_TEXT = "Máy hiểu mỗi cột như dưới đây. Cột nào sai, xin chọn lại.";
    NO_HEADER = "(không có tiêu đề)";
    G_NEW = "Người mới";
    G_NEW_TEXT = "Sẽ được thêm vào danh sách.";
    G_CHANGED = "Có thay đổi";
    G_CHANGED_TEXT = "Đã có trong danh sách. Ô trống trong tệp không xóa gì.";
    G_UNCHANGED = "Không đổi";
    G_PROBLEM = "Có lỗi";
    G_PROBLEM_TEXT = "Những dòng này không được nhập. Sửa trong tệp rồi nhập lại, những dòng khác không bị ảnh hưởng.";
    G_DOUBTFUL = "Cần chọn";
    G_DOUBTFUL_TEXT = "Có thể trùng với người đã có. Xin chọn từng dòng; chưa chọn thì không ghi.";
    G_SKIPPED = "Dòng không phải người";
    G_MISSING = "Có trong danh sách, không có trong tệp";
    G_MISSING_TEXT = "Chỉ để biết. Không ai bị xóa.";
    NO_NAME = "(không có họ tên)";
    EMPTY_VALUE = "(trống)";
    SKIP_ROW = "Bỏ qua dòng này";
    SAME_PERSON = "Là người này";
    OTHER_PERSON = "Là người khác, thêm mới";
    CANDIDATE_GONE = "Đã ra khỏi danh sách";
    PAIR = "So sánh tệp và danh sách";
    IN_FILE = "Trong tệp";
    IN_REGISTER = "Đang có";
    IMPORT_DONE = "Đã ghi vào danh sách";
    DONE_ADDED = "Thêm mới";
    DONE_CHANGED = "Cập nhật";
    DONE_UNCHANGED = "Không đổi";
    DONE_SKIPPED = "Không ghi";
}

/// `93,1%`; a dash without anybody expected.
#[must_use]
pub fn percent(permille: Option<u32>) -> String {
    permille.map_or_else(|| "–".to_owned(), |p| format!("{},{}%", p / 10, p % 10))
}
/// `285/306 có mặt`
#[must_use]
pub fn present_of(present: u32, expected: u32) -> String {
    [n_of(present, expected).as_str(), " có mặt"].concat()
}
/// `11/12`
#[must_use]
pub fn n_of(n: u32, of: u32) -> String {
    [n.to_string().as_str(), "/", &of.to_string()].concat()
}
/// *6 tháng cuối năm 2026*
#[must_use]
pub fn half_year(h: HalfYear) -> String {
    format!("6 tháng {} năm {}", if h.half == 1 { "đầu" } else { "cuối" }, h.year)
}
/// Under a cell.
#[must_use]
pub fn last_next(last: &str, next: &str) -> String {
    format!("Gần nhất: {last} · Sắp tới: {next}")
}
/// Under a cell.
#[must_use]
pub fn cell_people(members: u32, exempt: u32, phones: u32) -> String {
    format!("{members} đảng viên, {exempt} được miễn, {phones} máy")
}
/// Phones of a cell.
#[must_use]
pub fn silent_of(n: u32) -> String {
    format!("{n} máy lâu không liên lạc")
}
/// A phone.
#[must_use]
pub fn last_seen(at: Millis) -> String {
    ["Liên lạc lần cuối ", &at.moment_vi()].concat()
}
/// A phone.
#[must_use]
pub fn phone_unsent(n: u32) -> String {
    format!("{n} việc chưa gửi")
}
/// Kept figures.
#[must_use]
pub fn stale(why: &str, at: Millis) -> String {
    [why, "Số liệu lúc ", &at.moment_vi()].concat()
}
/// What stands beside the rate.
#[must_use]
pub fn beside(late: u32, left_early: u32, exempt: u32, extra: u32, guests: u32) -> String {
    format!(
        "Đến muộn {late}, về sớm {left_early}. Ngoài tỷ lệ: được miễn {exempt}, không phải dự mà có mặt {extra}, khách {guests}."
    )
}
/// What a held op is.
#[must_use]
pub fn held_kind(kind: &str) -> &'static str {
    match kind {
        "attendance.present" => "Có mặt",
        "attendance.excuse" => "Vắng có lý do",
        "attendance.absent" => "Vắng",
        "attendance.void" => "Bỏ đánh dấu",
        "guest.add" => "Thêm khách",
        _ => "Việc khác",
    }
}
/// Work to do.
#[must_use]
pub fn planned_for(at: Millis) -> String {
    ["Đã lập, họp lúc ", &at.moment_vi()].concat()
}
/// Work to do.
#[must_use]
pub fn open_since(at: Millis) -> String {
    ["Mở từ ", &at.moment_vi()].concat()
}
/// Work to do.
#[must_use]
pub fn still_unmarked(n: u32, at: Millis) -> String {
    format!("{n} người, buổi {}", at.date_vi())
}

/// How much of a file has gone, 0 to 100.
#[must_use]
pub fn gone_up(percent: u8) -> String {
    format!("{percent}\u{a0}%")
}
/// A sheet of a workbook.
#[must_use]
pub fn sheet_label(name: &str, rows: usize) -> String {
    format!("{name} ({rows} dòng)")
}
/// Above the columns.
#[must_use]
pub fn columns_summary(read: usize, all: usize) -> String {
    format!("Các cột: đọc {read} trên {all}")
}
/// A row of the file.
#[must_use]
pub fn row_number(row: u32) -> String {
    format!("Dòng {row}")
}
/// More rows of a group.
#[must_use]
pub fn show_more(n: usize) -> String {
    format!("Xem thêm, còn {n}")
}
/// Doubtful rows without a decision.
#[must_use]
pub fn undecided(n: usize) -> String {
    format!("{n} dòng cần chọn chưa được chọn: sẽ không ghi.")
}
/// The button that says what it does.
#[must_use]
pub fn import_confirm(add: usize, change: usize) -> String {
    match (add, change) {
        (0, 0) => "Không có gì để ghi".to_owned(),
        (add, 0) => format!("Ghi: thêm {add} người"),
        (0, change) => format!("Ghi: cập nhật {change} người"),
        (add, change) => format!("Ghi: thêm {add} người, cập nhật {change} người"),
    }
}
/// The sum that reconciles.
#[must_use]
pub fn import_sum(c: &Counts) -> String {
    format!(
        "{} dòng dưới tiêu đề = {} mới + {} thay đổi + {} không đổi + {} cần chọn + {} lỗi + {} không phải người + {} trống. Có trong danh sách mà không có trong tệp: {}.",
        c.rows, c.new, c.changed, c.unchanged, c.doubtful, c.problem, c.skipped, c.blank, c.missing
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_in_words() {
        assert_eq!(
            (percent(Some(931)).as_str(), percent(Some(1000)).as_str(), percent(None).as_str()),
            ("93,1%", "100,0%", "–")
        );
        assert_eq!(import_confirm(8, 0), "Ghi: thêm 8 người");
    }
}

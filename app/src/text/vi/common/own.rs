//! Texts of *Dữ liệu của tôi*.

use chrono::NaiveDate;
use domain::time::{Millis, date_vi};

words! {
    TITLE = "Dữ liệu của tôi";
    LEAD = "Máy chủ đang giữ gì về bạn, và ai đã nhận những thông tin ấy. Chỉ mình bạn xem được trang này.";
    SET_TEXT = "Xem mọi thông tin đang được giữ về mình, ai đã xem; tải về làm của riêng.";
    LOADING = "Đang hỏi máy chủ…";
    OFFLINE = "Xem dữ liệu của mình cần có mạng";
    STRANGE = "Máy chủ trả lời không rõ. Xin thử lại.";
    TAKE = "Tải về";
    TAKE_TEXT = "Bản để đọc và in mở được trên mọi máy. Bản cho máy tính dùng khi cần chuyển sang chương trình khác. Tệp có thông tin riêng: xin giữ cẩn thận.";
    TAKE_HTML = "Bản để đọc";
    TAKE_JSON = "Bản cho máy tính";
    LOOKS = "Ai đã nhận dữ liệu";
    LOOKS_TEXT = "Mỗi lần dữ liệu của bạn, hoặc cả chi bộ, được đưa cho một người thì có một dòng. Người đã có danh sách trên máy rồi mở ra xem thì không đếm được.";
    LOOKS_NONE = "Chưa có ai.";
    ONLY_ME = "riêng bạn";
    ROW = "Trong danh sách chi bộ";
    ROW_TEXT = "Họ tên, nơi ở, nơi công tác… như chi bộ đang ghi nằm ở trang Sổ liên hệ, và có đủ trong tệp tải về.";
    MEETINGS = "Việc dự họp";
    MEETINGS_TEXT = "Cả những lần ghi đã được bỏ.";
    MEETINGS_NONE = "Chưa ghi gì.";
    READ = "Thông báo đã đọc";
    READ_NONE = "Chưa có.";
    ROLES = "Vai trò";
    ROLES_NONE = "Không có.";
    SESSIONS = "Phiên đăng nhập";
    SESSIONS_TEXT = "Mỗi lần đăng nhập trên một máy là một phiên. Đăng xuất máy lạ ở trang Máy đã đăng nhập.";
    SESSIONS_NONE = "Chưa có.";
    GONE = "Không còn";
    EXCUSED = "Vắng có lý do";
    ABSENT = "Vắng";
    NO_NAME = "Máy chưa đặt tên";
}

/// A title with how many.
#[must_use]
pub fn with_number(title: &str, number: usize) -> String {
    if number == 0 { title.to_owned() } else { format!("{title} ({number})") }
}
/// Of everybody in a unit.
#[must_use]
pub fn of_unit(unit: &str) -> String {
    ["cả ", unit].concat()
}
/// The rest of a list.
#[must_use]
pub fn more(number: usize) -> String {
    format!("Xem thêm {number} dòng")
}
/// First and last day of a role.
#[must_use]
pub fn days(from: Option<NaiveDate>, to: Option<NaiveDate>) -> String {
    match (from, to) {
        (None, None) => String::new(),
        (Some(from), None) => ["Từ ", &date_vi(from)].concat(),
        (None, Some(to)) => ["Đến ", &date_vi(to)].concat(),
        (Some(from), Some(to)) => ["Từ ", &date_vi(from), " đến ", &date_vi(to)].concat(),
    }
}
/// Since when.
#[must_use]
pub fn since(at: Millis) -> String {
    ["Từ ", &at.moment_vi()].concat()
}
/// How a session ends or ended.
#[must_use]
pub fn session(revoked: Option<Millis>, until: Millis) -> String {
    match revoked {
        Some(at) => ["Đã bị đăng xuất từ nơi khác lúc ", &at.moment_vi()].concat(),
        None => ["Tự hết hạn ", &until.moment_vi()].concat(),
    }
}
/// One mark: what, by whom, when.
#[must_use]
pub fn mark(what: &str, by: &str, at: Millis, undone: bool) -> String {
    let undone = if undone { " (đã bỏ)" } else { "" };
    format!("{what} – {by}, {}{undone}", at.moment_vi())
}
/// How many ops of one's own were held.
#[must_use]
pub fn held(number: u32) -> String {
    let all = "Mỗi việc bạn đã làm trong sổ còn được giữ trong nhật ký của máy chủ.";
    if number == 0 {
        all.to_owned()
    } else {
        format!("{number} việc của bạn từng phải chờ xem lại. {all}")
    }
}

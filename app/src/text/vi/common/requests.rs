//! Texts of asking that own data be corrected or deleted, of the answers, and of agreeing to the privacy notice.

use chrono::{Datelike, NaiveDate};
use domain::request::{Ask, OpenRequests, Outcome, Part, What};
use domain::time::{Millis, date_vi};

words! {
    TITLE = "Yêu cầu sửa hoặc xóa";
    LEAD = "Thấy sai, hoặc muốn xóa, gửi yêu cầu tới chi ủy và đảng ủy. Không có mạng cũng viết được.";
    NOT_BY_ITSELF = "Yêu cầu không tự xóa gì. Người trả lời xem quy định rồi sửa, đưa ra khỏi danh sách, hoặc nói rõ vì sao không làm được.";
    NO_MEMBER = "Tài khoản này không gắn với đảng viên nào trong danh sách. Muốn sửa hoặc xóa, xin báo người quản trị.";
    NONE = "Chưa có yêu cầu nào.";
    WRITE = "Viết yêu cầu";
    STOP = "Thôi";
    WHAT = "Muốn làm gì?";
    CORRECT = "Sửa";
    DELETE = "Xóa";
    ABOUT = "Về phần nào? Chọn một hoặc nhiều.";
    TEXT = "Nội dung";
    TEXT_HINT = "Ghi rõ đang sai gì, đúng là gì. Muốn xóa thì ghi lý do nếu có.";
    ERR_WHAT = "Xin chọn Sửa hoặc Xóa.";
    ERR_ABOUT = "Xin chọn ít nhất một phần.";
    ERR_TEXT = "Xin ghi đang sai gì, đúng là gì.";
    ERR_LONG = "Dài quá 1000 chữ cái. Xin viết ngắn lại.";
    SEND = "Gửi yêu cầu";
    SENT = "Đã nhận yêu cầu.";
    BACK = "Rút lại";
    BACK_ASK = "Rút lại yêu cầu này?";
    BACK_TEXT = "Yêu cầu vẫn còn trong lịch sử, nhưng không ai phải trả lời nữa.";
    WAITING = "Hạn trả lời tính từ khi yêu cầu tới máy chủ.";
    OPEN = "Chưa trả lời";
    OVERDUE = "Quá hạn trả lời";
    WITHDRAWN = "Đã rút lại";
    ANSWERED = "Trả lời";
    WORK = "Yêu cầu về dữ liệu";

    NOTICE = "Thông báo quyền riêng tư";
    CARD_TEXT = "Xin đọc và cho biết có đồng ý hay không. Không trả lời cũng dùng được mọi việc.";
    CARD_CHANGED = "Thông báo đã có bản mới. Xin đọc phần thay đổi và cho biết có đồng ý hay không.";
    CARD_READ = "Đọc và trả lời";
    LATER = "Để sau";
    LATER_TOAST = "Để sau. Lúc nào cũng mở được ở Cài đặt, Dữ liệu của tôi.";
    CHANGED = "Có gì thay đổi";
    AGREE = "Tôi đã đọc và đồng ý với thông báo này";
    AGREE_GO = "Gửi câu trả lời";
    AGREE_ERR = "Xin đánh dấu vào ô ở trên nếu đồng ý. Nếu chưa, bấm Để sau.";
    AGREE_FREE = "Không đồng ý, để sau hay rút lại đều được: điểm danh và mọi việc khác vẫn dùng như thường.";
    AGREED_TOAST = "Đã ghi câu trả lời.";
    NOT_AGREED = "Chưa đồng ý bản nào.";
    TAKE_BACK = "Rút lại sự đồng ý";
    TAKE_BACK_TEXT = "Từ nay sổ ghi là không đồng ý với thông báo. Việc giữ danh sách và ghi dự sinh hoạt làm theo quy định của Đảng, không dựa vào sự đồng ý này, nên vẫn tiếp tục và không có gì tự xóa. Muốn sửa hoặc xóa, gửi yêu cầu ở trang Dữ liệu của tôi.";
    TAKE_BACK_TOAST = "Đã rút lại sự đồng ý.";
}

/// *thứ tư 25/11/2026*, in the middle of a sentence.
#[must_use]
pub fn day(day: NaiveDate) -> String {
    let name = ["thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật"];
    [name[day.weekday().num_days_from_monday() as usize % 7], " ", &date_vi(day)].concat()
}
/// Until when there must be an answer.
#[must_use]
pub fn due(until: NaiveDate) -> String {
    ["Trả lời chậm nhất ", &day(until)].concat()
}
/// When there should have been one.
#[must_use]
pub fn overdue(until: NaiveDate) -> String {
    ["Quá hạn: lẽ ra trả lời chậm nhất ", &day(until)].concat()
}
/// What of the data.
#[must_use]
pub const fn part(part: Part) -> &'static str {
    match part {
        Part::All => "Tất cả",
        Part::Name => "Họ tên",
        Part::Birth => "Ngày sinh, giới tính",
        Part::Phone => "Số điện thoại",
        Part::Home => "Nơi cư trú, tổ",
        Part::Work => "Nơi công tác",
        Part::Party => "Ngày vào Đảng",
        Part::Exemption => "Miễn sinh hoạt",
        Part::Attendance => "Việc dự họp",
        Part::Other => "Khác",
    }
}
/// *Sửa: số điện thoại, nơi cư trú*.
#[must_use]
pub fn ask(ask: &Ask) -> String {
    let about: Vec<String> = ask.about.iter().map(|p| part(*p).to_lowercase().replace("đảng", "Đảng")).collect();
    [if ask.what == What::Correct { CORRECT } else { DELETE }, ": ", &about.join("; ")].concat()
}
/// How it was answered.
#[must_use]
pub const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "Đã làm",
        Outcome::Partly => "Làm một phần",
        Outcome::Refused => "Không làm",
    }
}
/// When something was sent or answered.
#[must_use]
pub fn at(word: &str, at: Millis) -> String {
    [word, " ", &at.moment_vi()].concat()
}
/// The hint for those who answer.
#[must_use]
pub fn hint(open: &OpenRequests) -> String {
    let late = if open.overdue > 0 { format!(" Quá hạn: {}.", open.overdue) } else { String::new() };
    let next = open.next.map(|d| format!(" Hạn gần nhất: {}.", day(d))).unwrap_or_default();
    format!("{} yêu cầu về dữ liệu chưa trả lời.{late}{next}", open.open)
}
/// A version of the notice.
#[must_use]
pub fn version(version: NaiveDate) -> String {
    ["Bản ngày ", &date_vi(version)].concat()
}
/// Which version was agreed to, and when.
#[must_use]
pub fn agreed(of: NaiveDate, at: Millis) -> String {
    ["Đã đồng ý với bản ngày ", &date_vi(of), ", lúc ", &at.moment_vi(), "."].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_in_words() {
        let wednesday = NaiveDate::from_ymd_opt(2026, 11, 25).unwrap();
        assert_eq!(due(wednesday), "Trả lời chậm nhất thứ tư 25/11/2026");
        let open = OpenRequests { open: 2, overdue: 1, next: Some(wednesday) };
        assert_eq!(hint(&open), "2 yêu cầu về dữ liệu chưa trả lời. Quá hạn: 1. Hạn gần nhất: thứ tư 25/11/2026.");
        let asked = Ask { what: What::Delete, about: vec![Part::Phone, Part::Party], text: String::new() };
        assert_eq!(ask(&asked), "Xóa: số điện thoại; ngày vào Đảng");
    }
}

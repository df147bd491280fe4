//! Texts of the PIN: the page of a locked phone, and setting one.

use domain::pin::BadPin;

words! {
    TITLE = "Mã PIN của máy";
    SET_TEXT = "Người cầm máy phải nhập mã PIN mới xem được danh sách. Điểm danh chưa gửi không bao giờ mất, kể cả khi quên mã.";
    SET_ON = "Máy này đang có mã PIN.";
    SET_OFF = "Máy này chưa có mã PIN: ai cầm máy đã mở khóa màn hình đều xem được danh sách.";
    SET_STAFF = "Máy này có danh sách của nhiều người. Xin đặt mã PIN để người nhặt được máy không xem được.";
    SET_GO = "Đặt mã PIN";
    SET_CHANGE = "Đổi hoặc bỏ mã PIN";
    LOCK_NOW = "Khóa ngay";
    CANNOT = "Trình duyệt này không giữ được khóa, nên chưa đặt được mã PIN.";

    OLD = "Mã PIN đang dùng";
    NEW = "Mã PIN mới";
    NEW_HINT = "Từ 6 đến 12 chữ số, không phải dãy dễ đoán như 123456.";
    AGAIN = "Nhập lại mã PIN mới";
    SAVE = "Lưu mã PIN";
    SAVING = "Đang lưu…";
    SAVED = "Đã lưu mã PIN.";
    REMOVE = "Bỏ mã PIN";
    REMOVE_ASK = "Bỏ mã PIN?";
    REMOVE_TEXT = "Ai cầm máy cũng xem được danh sách. Nhập mã PIN đang dùng ở trên trước khi bỏ.";
    REMOVED = "Đã bỏ mã PIN.";
    NOT_OLD = "Mã PIN đang dùng chưa đúng. Chưa có gì thay đổi.";
    NOT_SAME = "Hai lần nhập không giống nhau.";
    KEEP = "Quên mã PIN thì phải xin mã đăng nhập mới; máy tải lại danh sách từ máy chủ.";

    LOCKED = "Nhập mã PIN";
    LOCKED_TEXT = "Nhập mã PIN của máy này để mở sổ.";
    PIN = "Mã PIN";
    OPEN = "Mở sổ";
    OPENING = "Đang mở…";
    EMPTY = "Xin nhập mã PIN.";
    FORGOT = "Quên mã PIN";
    FORGOT_ASK = "Quên mã PIN?";
    FORGOT_TEXT = "Danh sách trên máy này được xóa, rồi tải lại sau khi đăng nhập. Việc chưa gửi vẫn còn nguyên và tự gửi. Cần mã đăng nhập mới của bí thư, chi ủy.";
    FORGOT_YES = "Xóa danh sách, đăng nhập lại";
    OVER = "Sai quá nhiều lần. Danh sách trên máy đã được xóa; việc chưa gửi vẫn còn nguyên. Xin đăng nhập lại bằng mã mới.";
}

/// What is wrong with a PIN.
#[must_use]
pub const fn bad(bad: BadPin) -> &'static str {
    match bad {
        BadPin::NotDigits => "Mã PIN chỉ gồm chữ số.",
        BadPin::Length => "Mã PIN có từ 6 đến 12 chữ số.",
        BadPin::Easy => "Dãy số này dễ đoán. Xin chọn dãy khác.",
    }
}
/// A wrong one.
#[must_use]
pub fn wrong(left: u32) -> String {
    format!("Mã PIN chưa đúng. Còn {left} lần thử.")
}
/// Not before so many ms.
#[must_use]
pub fn wait(ms: i64) -> String {
    let seconds = (ms + 999) / 1000;
    match seconds {
        ..=90 => format!("Xin chờ {seconds} giây rồi thử lại."),
        _ => format!("Xin chờ {} phút rồi thử lại.", (seconds + 59) / 60),
    }
}
/// What waits on the locked phone.
#[must_use]
pub fn waiting(waiting: usize, delivered: usize) -> String {
    match (waiting, delivered) {
        (n, d) if n == d => format!("{n} việc làm trên máy này đã đến máy chủ."),
        (n, 0) => format!("{n} việc chưa gửi vẫn còn nguyên trên máy. Có mạng, máy tự gửi."),
        (n, d) => format!("{d} trong {n} việc đã đến máy chủ; máy gửi tiếp khi có mạng."),
    }
}

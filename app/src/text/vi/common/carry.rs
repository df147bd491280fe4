//! Texts of the file of unsent things: saving it, taking it in, vouching.

use domain::sync::bundle::BadBundle;

words! {
    OUT_TITLE = "Không gửi được?";
    OUT_TEXT = "Lưu những việc đang chờ thành một tệp rồi đưa sang máy khác, ví dụ qua Zalo hay dây cáp. Máy nào đã đăng nhập cũng nhận được tệp. Việc vẫn còn trên máy này; gửi hai đường cũng không bị tính hai lần.";
    OUT_GO = "Lưu ra tệp";
    OUT_CARE = "Trong tệp có thông tin của người dự họp: chỉ đưa cho chi ủy hoặc đảng ủy phường, xã.";
    DOWNLOAD = "Tải tệp về máy này";
    LOOSE = "Có việc chưa lưu được vào máy: xin gửi hoặc lưu ra tệp trước khi đóng trang.";
    SHARED = "Đã đưa tệp đi. Việc vẫn còn trên máy này.";
    NOT_GIVEN = "Trình duyệt không cho lưu tệp. Xin giữ nguyên trang này và tìm chỗ có mạng.";
    IN_TITLE = "Nhận tệp việc chưa gửi";
    IN_TEXT = "Khi máy của người khác không gửi được, chọn tệp mà máy ấy đã lưu ra. Xem trước rồi mới nhận.";
    IN_LABEL = "Tệp viec-chua-gui";
    IN_SAFE = "Việc được ghi đúng tên người đã làm. Nhận hai lần cũng không bị tính hai lần.";
    IN_STOP = "Thôi, không nhận";
    IN_AGAIN = "Nhận tệp khác";
    IN_OFFLINE = "Máy này chưa có mạng nên chưa nhận được. Tệp vẫn còn nguyên; xin thử lại khi có mạng.";
    IN_SIGNED_OUT = "Máy chủ cần đăng nhập lại trước khi nhận tệp.";
    IN_OLD_SERVER = "Máy chủ đang chạy bản cũ, chưa nhận được tệp này. Xin giữ tệp và thử lại sau khi máy chủ được cập nhật.";
    IN_BAD_ANSWER = "Máy chủ trả lời không rõ. Xin thử lại; việc đã nhận không bị tính hai lần.";
    NOTHING_IN = "Tệp này không có việc nào đọc được. Chưa có gì thay đổi.";
    DONE_NEW = "việc vừa vào sổ";
    DONE_KNOWN = "việc đã có từ trước";
    DONE_HELD = "việc máy chủ đã giữ, chờ bí thư, chi ủy xem";
    DONE_REFUSED = "việc không được nhận; xin giữ tệp và báo người quản trị";
    ACCEPT = "Nhận vào sổ";
    ACCEPTED = "Đã nhận vào sổ.";
}

/// Why a file is not taken. Nothing has changed then.
#[must_use]
pub const fn bad(bad: BadBundle) -> &'static str {
    match bad {
        BadBundle::NotOurs => "Đây không phải tệp việc chưa gửi của Sổ Liên Hệ. Chưa có gì thay đổi.",
        BadBundle::Newer => {
            "Tệp này do bản ứng dụng mới hơn lưu ra. Xin cập nhật ứng dụng trên máy này rồi nhận lại. Chưa có gì thay đổi."
        }
        BadBundle::Damaged => {
            "Tệp bị hỏng hoặc bị sửa nên không nhận được. Xin lưu lại tệp từ máy cũ. Chưa có gì thay đổi."
        }
        BadBundle::TooLarge => "Tệp quá lớn, không phải tệp việc chưa gửi. Chưa có gì thay đổi.",
    }
}
/// Saved where downloads go.
#[must_use]
pub fn downloaded(name: &str) -> String {
    format!("Đã lưu tệp {name}. Việc vẫn còn trên máy này.")
}
/// Whose file, and of when.
#[must_use]
pub fn from(device: &str, made: &str) -> String {
    let device = if device.is_empty() { "không có tên" } else { device };
    format!("Tệp của máy «{device}», lưu lúc {made}")
}
/// How much is in it.
#[must_use]
pub fn count(n: usize, when: &str) -> String {
    format!("{n} việc, làm ngày {when}")
}
/// About one meeting.
#[must_use]
pub fn of_meeting(n: usize, title: &str, day: &str) -> String {
    format!("{n} việc của buổi họp {title} ({day})")
}
/// About a meeting that this phone does not know.
#[must_use]
pub fn of_unknown(n: usize) -> String {
    format!("{n} việc của một buổi họp mà máy này không biết")
}
/// About no meeting.
#[must_use]
pub fn of_other(n: usize) -> String {
    format!("{n} việc khác")
}
/// Known here.
#[must_use]
pub fn already(n: usize) -> String {
    format!("{n} việc trong đó đã có trên máy này hoặc trong sổ")
}
/// Bytes that are no op.
#[must_use]
pub fn broken(n: usize) -> String {
    format!("{n} bản ghi hỏng từ máy ấy, không chuyển được; xin giữ tệp để người quản trị xem")
}
/// The button.
#[must_use]
pub fn take(n: usize) -> String {
    format!("Nhận {n} việc")
}
/// Under way.
#[must_use]
pub fn busy(done: usize, total: usize) -> String {
    format!("Đang nhận… {done}/{total}")
}
/// The network went in the middle.
#[must_use]
pub fn broke_off(done: usize, total: usize) -> String {
    format!(
        "Mới nhận được {done}/{total} việc thì mất mạng. Bấm Nhận lần nữa khi có mạng; việc đã nhận không bị tính hai lần."
    )
}
/// All answered.
#[must_use]
pub fn done(n: usize) -> String {
    format!("Máy chủ đã trả lời đủ {n} việc trong tệp.")
}
/// The author, and who brought it.
#[must_use]
pub fn brought(author: &str, by: &str) -> String {
    format!("{author} (do {by} chuyển giúp)")
}
/// One button for all.
#[must_use]
pub fn accept_all(n: usize) -> String {
    format!("Nhận cả {n} việc vào sổ")
}
